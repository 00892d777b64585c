import { ImageOff } from "lucide-react";
import css from "./Markdown.module.css";

const hostOf = (src: string | undefined): string => {
  try { return src ? new URL(src).host || "unknown address" : "no address"; } catch { return "unknown address"; }
};

/** Fetching an image tells its server that this answer was read, and can carry words out. So none is fetched. */
export function RemoteImage({ src, alt }: { src: string | undefined; alt: string | undefined }) {
  return <span className={css.image} title={src}><ImageOff aria-hidden />{alt ? `${alt}: ` : ""}remote image not loaded: {hostOf(src)}</span>;
}
