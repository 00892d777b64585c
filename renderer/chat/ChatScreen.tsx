export function ChatScreen({ id }: { id: string | undefined }) {
  return <p>{id ?? "New conversation"}</p>;
}
