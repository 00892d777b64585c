import { Braces } from "lucide-react";
import type { AnswerFormat } from "../../engine/contract/index.ts";
import { Badge } from "../design/index.ts";

/** Whether an answer follows the schema it was asked with; the sentence behind it says what it misses. */
export function FormatBadge({ format }: { format: AnswerFormat }) {
  return format.valid
    ? <Badge tone="good" icon={<Braces />}>follows the schema</Badge>
    : <Badge tone="warn" icon={<Braces />} title={format.problem}>does not follow the schema</Badge>;
}
