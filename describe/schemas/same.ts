/** `true` where two types are the same, so that a schema and the type of the code cannot part unseen. */
export type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
