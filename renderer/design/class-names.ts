/** Joins the class names that apply. CSS modules may lack a key, so undefined is left out as well. */
export const cx = (...names: (string | false | null | undefined)[]): string => names.filter(Boolean).join(" ");
