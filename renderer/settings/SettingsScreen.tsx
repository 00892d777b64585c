export function SettingsScreen({ id }: { id: string | undefined }) { return <p>{id}</p>; }
