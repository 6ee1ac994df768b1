/** Set when the package is built. */
declare const PLUGIN_VERSION: string;

/** The plugin's own version. */
export const version = typeof PLUGIN_VERSION === 'undefined' ? '0.0.0' : PLUGIN_VERSION;
