import type { Conversation, Message } from "../../engine/contract/index.ts";

/** The messages from the beginning to `head`, in order. Unknown parents end the walk, so a damaged tree still shows what it has. */
export function pathTo(tree: readonly Message[], head: string | null): Message[] {
  const byId = new Map(tree.map((message) => [message.id, message]));
  const path: Message[] = [];
  for (let at = head === null ? undefined : byId.get(head); at && !path.includes(at); at = at.parentId === null ? undefined : byId.get(at.parentId)) path.unshift(at);
  return path;
}

/** The versions of a message: all with its parent and role, oldest first. */
export function siblingsOf(tree: readonly Message[], message: Message): Message[] {
  return tree.filter((other) => other.parentId === message.parentId && other.role === message.role);
}

/** The leaf one lands on when a branch is chosen: always the newest child. */
export function newestLeaf(tree: readonly Message[], from: string): string {
  const children = tree.filter((message) => message.parentId === from);
  const last = children[children.length - 1];
  return last ? newestLeaf(tree, last.id) : from;
}

/** The conversation with messages that an event brought, before the engine is asked again. */
export function withMessages(conversation: Conversation, messages: readonly Message[], head: string): Conversation {
  const known = new Set(messages.map((message) => message.id));
  const tree = [...conversation.tree.filter((message) => !known.has(message.id)), ...messages];
  return { ...conversation, tree, head, messages: tree.length };
}
