import type { Reporter, TestModule } from "vitest/node";

/** Says in words what was skipped and why, and closes with one plain line of counts. */
export default class PlainReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const skipped = new Map<string, string[]>();
    for (const module of modules) {
      if (module.errors().length > 0) counts.failed++;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === "pending") continue;
        counts[result.state]++;
        if (result.state !== "skipped") continue;
        const why = result.note ?? "not wanted here";
        skipped.set(why, [...(skipped.get(why) ?? []), `${module.relativeModuleId}: ${test.fullName}`]);
      }
    }
    console.log("");
    for (const [why, tests] of skipped) {
      console.log(`skipped, ${why}:`);
      for (const name of tests) console.log(`  ${name}`);
    }
    console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  }
}
