/**
 * Words that carry no topic, for the languages Lorekeep's readers meet most. They weigh nothing when evidence is matched and when
 * a follow-up is told from a question that stands alone; search has its own lists inside the store.
 */
const lists = {
  en: "many much a an and are as at be been being but by can could did do does for from had has have he her hers him his how i if in into is it its me my no not of on or our she so such than that the their them then there these they this those to was we were what when where which while who whom whose why will with would you your about also any both each few just may might more most must only other own same shall should some too very s t",
  de: "aber alle als am an auch auf aus bei bin bis da dann das dass dein dem den der des die dies diese dieser dieses doch du durch ein eine einem einen einer eines er es euer für hat hatte haben ich ihr ihre im in ist ja kann kein keine mein mit muss nach nicht noch nur ob oder seine sein sich sie sind so über um und uns unser unter vom von vor war waren was weil welche welcher welches wenn wer werden wie wir wird wo wurde wurden zu zum zur",
  fr: "à au aux avec c ce ces cette d dans de des du elle elles en est et eu il ils j je l la le les leur leurs lui m ma mais me mes n ne nos notre nous on ou où par pas pour qu que quel quelle quels quelles qui s sa sans se ses son sont sur t ta te tes ton tu un une vos votre vous y été être était",
  es: "al algo ante como con cuál cuáles cuando cuándo de del dónde donde el ella ellas ellos en entre era es esa ese eso esta está este esto fue ha hay la las le les lo los más me mi muy ni no nos o para pero por porque qué que quien quién se ser si sin sobre son su sus también te tiene un una uno y ya yo",
} as const;

const all: ReadonlySet<string> = new Set(Object.values(lists).flatMap((list) => list.split(" ")));

/** `word` in lower case, as it stands in the text (accents kept). */
export function isStopWord(word: string): boolean {
  return all.has(word);
}
