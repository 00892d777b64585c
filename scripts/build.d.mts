/** Bundles engine workers, CLI and shell into out/. */
export function buildNode(): Promise<void>;
/** Builds the renderer into out/renderer. */
export function buildFace(): Promise<void>;
