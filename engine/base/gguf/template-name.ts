/** Marks that only one form of chat template has, first match first. */
const forms: readonly (readonly [string, string])[] = [
  ["<|start_header_id|>", "Llama 3"], ["<|header_start|>", "Llama 4"], ["<start_of_turn>", "Gemma"], ["<|turn>", "Gemma 4"], ["<|im_start|>", "ChatML"], ["<|start|>", "Harmony"],
  ["[/INST]", "Mistral / Llama 2"], ["<|assistant|>", "Phi / Zephyr"], ["<|Assistant|>", "DeepSeek"], ["<｜Assistant｜>", "DeepSeek"], ["<|START_OF_TURN_TOKEN|>", "Command R"], ["### Instruction", "Alpaca"],
];

/** The form of a chat template by the marks it writes around turns; undefined for one of its own kind. */
export function templateName(template: string): string | undefined {
  return forms.find(([mark]) => template.includes(mark))?.[1];
}
