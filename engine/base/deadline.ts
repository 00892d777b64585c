import { runInNewContext } from "node:vm";

/**
 * Runs `work` here and now, and ends it after `ms` milliseconds whatever it does: V8 interrupts a regular expression that backtracks without
 * end, too. @throws Error with code ERR_SCRIPT_EXECUTION_TIMEOUT
 */
export function withDeadline<T>(ms: number, work: () => T): T {
  return runInNewContext("work()", { work }, { timeout: ms }) as T;
}

export const ranOut = (error: unknown): boolean => typeof error === "object" && error !== null && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
