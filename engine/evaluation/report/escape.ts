const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text for HTML, between tags and in quoted attributes. Control characters, which no document may hold, go. */
export const escapeHtml = (text: string): string => text.replace(/[^\P{Cc}\n\t]/gu, "").replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
