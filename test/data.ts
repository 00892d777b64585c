import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join, resolve } from "node:path";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Folder of the shared test data, or undefined where it is not there (LOREKEEP_TEST_DATA, else ../shared beside the project). */
export function sharedData(): string | undefined {
  const folder = resolve(root, process.env.LOREKEEP_TEST_DATA ?? "../shared");
  return existsSync(join(folder, "documents")) ? folder : undefined;
}

/** A path in the project's own fixtures. */
export const fixture = (...parts: string[]): string => join(root, "test", "fixtures", ...parts);

/** The project's root, with its trailing slash gone. */
export const projectRoot = resolve(root);

/** Where the build puts worker entries. */
export const workersFolder = join(projectRoot, "out", "workers");
