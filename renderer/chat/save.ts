/** Hands a text to the person as a file, where the browser or the shell keeps downloads. */
export function save({ name, content }: { name: string; content: string }): void {
  const address = URL.createObjectURL(new Blob([content], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
