/** Bundles engine workers, CLI and shell into out/. */
export function buildNode(): Promise<void>;
/** Builds the renderer into out/renderer. */
export function buildFace(): Promise<void>;
/** Builds everything, from nothing. */
export function buildAll(options?: { face?: boolean }): Promise<void>;
/** Builds everything unless the last whole build is newer than every source. */
export function buildIfStale(): Promise<boolean>;
