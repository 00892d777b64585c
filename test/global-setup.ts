import { buildNode } from "../scripts/build.mjs";

/** Worker processes are started from the build, so every run of the tests builds it first (about a second). */
export default async function setup(): Promise<void> {
  await buildNode();
}
