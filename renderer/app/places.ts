/** Routes of the screens beside the chat. The rail's own list is app/screens.tsx; the chat may not import it (it is on it). */
const places = ["library", "models", "settings"] as const;

export const hasScreen = (route: string): boolean => places.some((place) => place === route);
