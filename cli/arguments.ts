import { InvalidArgumentError, type Command } from "commander";
import type { Session } from "./session.ts";

/** Adds a command with its examples; every command has --workspace and --json. */
export type AddCommand = (parent: Command, name: string, about: string, examples: string) => Command;
/** Runs a command's work inside an engine; a `false` result is a failure. */
export type Within = <A extends unknown[]>(work: (session: Session, ...args: A) => Promise<boolean | void>) => (...args: [...A, Command]) => Promise<void>;

export const collect = (value: string, all: string[]) => [...all, value];

export function number(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError("Not a number.");
  return value;
}

export function integer(text: string): number {
  const value = number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError("Not a whole number from 0 up.");
  return value;
}
