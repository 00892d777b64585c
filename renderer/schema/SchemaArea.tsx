import type { ComponentProps } from "react";
import { TextArea } from "../design/index.ts";
import css from "./schema.module.css";

/** A field for a JSON schema: code, so letters of one width, neither corrected nor capitalised. */
export function SchemaArea(props: Omit<ComponentProps<typeof TextArea>, "className" | "spellCheck">) {
  return <TextArea {...props} className={css.area} spellCheck={false} autoCapitalize="off" placeholder={props.placeholder ?? '{ "type": "object", … }'} />;
}
