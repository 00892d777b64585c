import { X } from "lucide-react";
import { useState } from "react";
import { Field } from "../design/index.ts";
import { splitTags } from "./ActionDialogs.tsx";
import css from "./drawer.module.css";

/** Enter or a comma adds; Backspace in the empty field takes the last one away. */
export function TagEditor({ tags, onChange }: { tags: readonly string[]; onChange(tags: string[]): void }) {
  const [text, setText] = useState("");
  const add = (value: string) => {
    const next = [...new Set([...tags, ...splitTags(value)])];
    setText("");
    if (next.length !== tags.length) onChange(next.slice(0, 50));
  };
  return (
    <Field label="Tags" hint="A question can be narrowed to documents with a tag.">
      {({ id, describedBy }) => (
        <div className={css.tagBox}>
          {tags.map((tag) => <span key={tag} className={css.tag}>{tag}<button type="button" aria-label={`Remove tag ${tag}`} onClick={() => onChange(tags.filter((other) => other !== tag))}><X /></button></span>)}
          <input id={id} aria-describedby={describedBy} value={text} placeholder={tags.length === 0 ? "Add a tag" : ""} onBlur={() => add(text)}
            onChange={(event) => { if (event.target.value.endsWith(",")) add(event.target.value); else setText(event.target.value); }}
            onKeyDown={(event) => { if (event.key === "Enter") { event.preventDefault(); add(text); } else if (event.key === "Backspace" && text === "" && tags.length > 0) onChange(tags.slice(0, -1)); }} />
        </div>
      )}
    </Field>
  );
}
