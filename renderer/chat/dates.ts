import type { Conversation } from "../../engine/contract/index.ts";

export type ConversationSummary = Pick<Conversation, "id" | "title" | "created" | "updated" | "messages">;
export type ListRow = { kind: "group"; name: string } | { kind: "conversation"; conversation: ConversationSummary };

const day = 86_400_000;

/** Newest first, under the names people use for near days and the month's name for far ones. */
export function groupByDate(conversations: readonly ConversationSummary[], now: Date): ListRow[] {
  const rows: ListRow[] = [];
  let group: string | undefined;
  for (const conversation of [...conversations].sort((a, b) => b.updated.localeCompare(a.updated))) {
    const name = groupName(new Date(conversation.updated), now);
    if (name !== group) rows.push({ kind: "group", name });
    group = name;
    rows.push({ kind: "conversation", conversation });
  }
  return rows;
}

function groupName(date: Date, now: Date): string {
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  const time = date.getTime();
  if (time >= today) return "Today";
  if (time >= today - day) return "Yesterday";
  if (time >= today - 7 * day) return "Last 7 days";
  if (time >= today - 30 * day) return "Last 30 days";
  return date.toLocaleDateString("en", { month: "long", year: "numeric" });
}
