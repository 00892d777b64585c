import {
  AlpacaChatWrapper, ChatMLChatWrapper, GeneralChatWrapper, Llama2ChatWrapper, resolveChatWrapper,
  type ChatHistoryItem, type ChatWrapper, type LlamaModel, type Token,
} from "node-llama-cpp";
import type { z } from "zod";
import type { generateInput, generatorLoadInput } from "./contract.ts";

export type FallbackTemplate = z.infer<typeof generatorLoadInput>["fallbackTemplate"];
export type Conversation = Pick<z.infer<typeof generateInput>, "system" | "history" | "prompt">;

export interface ChatTemplate {
  readonly wrapper: ChatWrapper;
  readonly source: "gguf" | "fallback";
  readonly name: string;
}

/**
 * The GGUF's own chat template: the runtime's native rendering where it is proven equal to the file's Jinja template, else that
 * template itself. Where the file has none, or one that cannot be run, the fallback that was asked for, by name.
 */
export function chooseTemplate(model: LlamaModel, hasTemplate: boolean, fallback: FallbackTemplate): ChatTemplate {
  if (hasTemplate) {
    try {
      const wrapper = resolveChatWrapper(model, { fallbackToOtherWrappersOnJinjaError: false, warningLogs: false });
      return { wrapper, source: "gguf", name: wrapper.wrapperName };
    } catch (error) {
      console.warn(`The chat template of the model cannot be run, using "${fallback}": ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { wrapper: fallbackWrapper(fallback), source: "fallback", name: fallback };
}

function fallbackWrapper(name: FallbackTemplate): ChatWrapper {
  switch (name) {
    case "chatml": return new ChatMLChatWrapper();
    case "llama2": return new Llama2ChatWrapper();
    case "alpaca": return new AlpacaChatWrapper();
    case "plain": return new GeneralChatWrapper();
  }
}

/** System, then the turns oldest first, then the prompt: the stable part comes first, so its cache survives. */
export function chatHistory({ system, history, prompt }: Conversation): ChatHistoryItem[] {
  return [
    ...(system === "" ? [] : [{ type: "system" as const, text: system }]),
    ...history.map((turn): ChatHistoryItem => (turn.role === "user" ? { type: "user", text: turn.text } : { type: "model", response: [turn.text] })),
    { type: "user", text: prompt },
  ];
}

/** The tokens the model is given before it writes its first one. */
export function promptTokens(model: LlamaModel, template: ChatTemplate, conversation: Conversation): Token[] {
  const items: ChatHistoryItem[] = [...chatHistory(conversation), { type: "model", response: [] }];
  return template.wrapper.generateContextState({ chatHistory: items }).contextText.tokenize(model.tokenizer);
}
