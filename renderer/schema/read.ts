/** A JSON schema as it was typed; a sentence where it is no JSON object. Empty: none. */
export function readSchema(text: string): { schema?: Record<string, unknown>; problem?: string } {
  if (text.trim() === "") return {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return { schema: parsed as Record<string, unknown> };
    return { problem: "A JSON schema is an object: { … }." };
  } catch (error) {
    return { problem: `This is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

export const schemaText = (schema: Readonly<Record<string, unknown>> | undefined): string => (schema ? JSON.stringify(schema, null, 2) : "");
