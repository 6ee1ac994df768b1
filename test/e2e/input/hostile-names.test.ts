/** Names that every JavaScript object answers to, sent wherever a caller may choose a name. */
