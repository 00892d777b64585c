/** A variable of the environment; one that is set to nothing is not set. */
export const variable = (environment: Readonly<Record<string, string | undefined>>, name: string): string | undefined => (environment[name] === "" ? undefined : environment[name]);
