import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { convertAdapter } from "../../../engine/workers/tuner/convert.ts";
import { LorekeepError } from "../../../engine/base/errors.ts";
import { buildSafetensors, noise, writePeft, type PeftTensor } from "../../fakes/peft-builder.ts";
import { size, smallFamilies, smallModel, writeAdapter } from "../../fakes/small-models.ts";

const folder = mkdtempSync(join(tmpdir(), "tune-refuse-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
const llama = smallFamilies[0]!;
const base = join(folder, "base.gguf");
writeFileSync(base, smallModel(llama, { values: (_, n) => new Float32Array(n) }));
const tied = join(folder, "tied.gguf");
writeFileSync(tied, smallModel(llama, { output: false, values: (_, n) => new Float32Array(n) }));

/** Factors of one module. */
const pair = (module: string, outputs = 16, inputs = 32, rank = 4): Record<string, PeftTensor> => ({
  [`base_model.model.${module}.lora_A.weight`]: { shape: [rank, inputs], values: noise(1, rank * inputs) }, [`base_model.model.${module}.lora_B.weight`]: { shape: [outputs, rank], values: noise(2, outputs * rank) },
});
const value = pair("model.layers.0.self_attn.v_proj");

/** What a person is told; the folder of the output holds nothing afterwards. */
async function said(adapter: string, options: { base?: string | undefined; type?: "F16" } = {}): Promise<string> {
  const path = join(folder, `out-${count++}`, "x.gguf");
  mkdirSync(dirname(path));
  const wanted = "base" in options ? options.base : base;
  const failure = await convertAdapter({ folder: adapter, type: options.type ?? "as-stored", name: "x", place: { temporary: `${path}.converting-00000000`, final: path }, ...(wanted === undefined ? {} : { base: { path: wanted } }) }, { signal: new AbortController().signal, progress: () => undefined, checking: () => undefined }).then(() => "nothing", (error: unknown) => error);
  expect(readdirSync(dirname(path))).toEqual([]);
  if (!(failure instanceof LorekeepError)) throw failure;
  expect(failure.details.reason).toMatch(/^[^\n]{10,400}\.$/); // one sentence, one line
  return `${failure.code}: ${failure.details.reason}`;
}
const peft = (parts: Parameters<typeof writePeft>[1]) => writePeft(join(folder, `peft-${count++}`), { tensors: value, ...parts });

describe("adapter_config.json", () => {
  it.each<[string, Record<string, unknown> | string, RegExp]>([
    ["no JSON", "{", /no JSON/], ["NaN, as Python writes it", '{"peft_type": "LORA", "r": 4, "lora_alpha": NaN}', /no JSON/], ["no kind", { peft_type: undefined }, /which kind/],
    ["IA3", { peft_type: "IA3" }, /kind IA3/], ["prefix tuning", { peft_type: "PREFIX_TUNING" }, /kind PREFIX_TUNING/], ["DoRA", { use_dora: true }, /DoRA/],
    ["biases", { bias: "all" }, /bias: all/], ["LoRA biases", { lora_bias: true }, /lora_bias/], ["whole layers", { modules_to_save: ["lm_head"] }, /modules_to_save: lm_head/],
    ["single tokens", { trainable_token_indices: [1, 2] }, /trainable_token_indices/], ["repeated layers", { layer_replication: [[0, 4]] }, /layer_replication/], ["experts", { target_parameters: ["x"] }, /target_parameters/],
    ["PiSSA", { init_lora_weights: "pissa_niter_16" }, /pissa/], ["an activated LoRA", { alora_invocation_tokens: [1] }, /activated/],
    ["rank 0", { r: 0 }, /rank of 0/], ["a rank of a billion", { r: 1e9 }, /rank of 1000000000/], ["half a rank", { r: 2.5 }, /rank of 2.5/],
    ["alpha 0", { lora_alpha: 0 }, /alpha of 0/], ["alpha 1e30", { lora_alpha: 1e30 }, /alpha of 1e\+30/], ["a negative alpha", { lora_alpha: -8 }, /alpha of -8/], ["alpha as a word", { lora_alpha: "8" }, /lora_alpha/],
    ["another rank than its weights", { r: 8 }, /says 8/], ["a pattern that is none", { rank_pattern: { "(": 4 } }, /pattern/],
  ])("%s is refused by name", async (_, config, reason) => {
    expect(await said(peft({ config }))).toMatch(reason);
  });
});

describe("adapter_model.safetensors", () => {
  const offsets = (change: (all: Record<string, { data_offsets: [number, number]; shape: number[]; dtype: string }>) => void) => buildSafetensors(value, (header) => {
    change(header as Record<string, { data_offsets: [number, number]; shape: number[]; dtype: string }>);
    return header;
  });
  const [a, b] = Object.keys(value) as [string, string];
  const length = (n: bigint) => { const bytes = buildSafetensors(value); bytes.writeBigUInt64LE(n); return bytes; };
  it.each<[string, () => Uint8Array, RegExp]>([
    ["empty", () => Buffer.alloc(0), /0 bytes/], ["noise", () => Buffer.alloc(200, 0xfe), /claims a header of/], ["a header of 2^63 bytes", () => length(2n ** 63n), /claims a header of/],
    ["a header beyond the end", () => length(9000n), /ends inside its header/], ["a header that is no JSON", () => buildSafetensors(value, () => "{nonsense"), /no JSON/], ["a header that is a list", () => buildSafetensors(value, () => "[1]"), /no JSON object/],
    ["a header that is no text", () => { const bytes = buildSafetensors(value); bytes.fill(0xff, 8, 20); return bytes; }, /no text/],
    ["the same tensor twice", () => buildSafetensors(value, (header) => JSON.stringify(header).replace("{", `{${JSON.stringify(a)}: ${JSON.stringify(header[a])}, `)), /twice/],
    ["overlapping tensors", () => offsets((all) => { all[b]!.data_offsets = [128, 384]; }), /overlap/], ["a gap", () => offsets((all) => { all[b]!.data_offsets = all[b]!.data_offsets.map((n) => n + 64) as [number, number]; }), /gap/],
    ["a wrong size", () => offsets((all) => { all[b]!.shape = [16, 5]; }), /not its size/], ["an end before its beginning", () => offsets((all) => { all[b]!.data_offsets = [768, 512]; }), /not its size/],
    ["negative offsets", () => offsets((all) => { all[a]!.data_offsets = [-512, 0]; }), /no known way/], ["an unknown type", () => offsets((all) => { all[a]!.dtype = "Q4"; }), /unknown type Q4/],
    ["integers", () => offsets((all) => { all[a]!.dtype = "I32"; }), /stored as I32/], ["bytes left over", () => Buffer.concat([buildSafetensors(value), Buffer.alloc(7)]), /7 bytes that belong/],
    ["nothing but a name", () => buildSafetensors({}, () => `{"x": null}`), /no known way/], ["no tensors", () => buildSafetensors({}), /no LoRA weights/],
  ])("%s is refused", async (_, weights, reason) => {
    expect(await said(peft({ weights: weights() }))).toMatch(reason);
  });

  it("cut short is refused, and so is a file that is not there or could run programs", async () => {
    const cut = peft({});
    truncateSync(join(cut, "adapter_model.safetensors"), buildSafetensors(value).length - 100);
    expect(await said(cut)).toMatch(/cut short/);
    rmSync(join(cut, "adapter_model.safetensors"));
    expect(await said(cut)).toMatch(/no adapter_model.safetensors/);
    writeFileSync(join(cut, "adapter_model.bin"), "PK");
    expect(await said(cut)).toMatch(/run programs/);
    rmSync(join(cut, "adapter_config.json"));
    expect(await said(cut)).toMatch(/no adapter_config.json/);
    expect(await said(join(folder, "nowhere"))).toMatch(/NOT_FOUND: There is no such folder: nowhere/);
  });
});

describe("tensors", () => {
  const embedding = { "base_model.model.model.embed_tokens.lora_embedding_A": { shape: [4, size.vocabulary], values: noise(1, 4 * size.vocabulary) }, "base_model.model.model.embed_tokens.lora_embedding_B": { shape: [32, 4], values: noise(2, 128) } };
  it.each<[string, Record<string, PeftTensor>, RegExp, string?]>([
    ["of another size name the weight", pair("model.layers.0.self_attn.q_proj", 64, 64), /blk\.0\.attn_q\.weight is 64 × 64, the model's is 32 × 32/], ["of a layer too many", pair("model.layers.9.mlp.up_proj", 64), /blk\.9\.ffn_up\.weight, which the model does not have/],
    ["of an unknown module", pair("model.layers.0.block_sparse_moe.gate"), /block_sparse_moe\.gate/], ["of a vision part", pair("vision_tower.encoder.layers.0.self_attn.q_proj"), /vision_tower/],
    ["without their other half", { [Object.keys(value)[0]!]: Object.values(value)[0]! }, /only one of the two factors/], ["with magnitudes", { ...value, "base_model.model.model.layers.0.self_attn.v_proj.lora_magnitude_vector": { shape: [16], values: noise(1, 16) } }, /DoRA/],
    ["that are whole layers", { ...value, "base_model.model.lm_head.weight": { shape: [2, 2], values: noise(1, 4) } }, /whole layer.*lm_head/], ["that are no factors", { ...value, "base_model.model.model.norm.weight": { shape: [4], values: noise(1, 4) } }, /model\.norm\.weight, which is no LoRA factor/],
    ["of two adapters", { ...value, ...Object.fromEntries(Object.entries(value).map(([name, tensor]) => [name.replace(".weight", ".second.weight"), tensor])) }, /more than one adapter/],
    ["of convolutions", { [Object.keys(value)[0]!]: { shape: [4, 32, 1, 1], values: noise(1, 128) }, [Object.keys(value)[1]!]: Object.values(value)[1]! }, /no matrix/],
    ["of an embedding that is the output layer too", embedding, /embed_tokens/, tied], ["of an output layer that is not kept apart", pair("lm_head", size.vocabulary), /lm_head/, tied],
  ])("%s", async (_, tensors, reason, on = base) => {
    expect(await said(peft({ tensors }), { base: on })).toMatch(reason);
  });

  it("of a base that nothing is known of: asks for it", async () => {
    expect(await said(peft({}), { base: undefined })).toMatch(/names some-model, which is not here/);
  });

  it("whose numbers have no room in F16, or are none", async () => {
    const [a, b] = Object.entries(value) as [[string, PeftTensor], [string, PeftTensor]];
    const withNumber = (number: number) => peft({ tensors: { [a[0]]: { ...a[1], values: a[1].values.map((v, i) => (i === 5 ? number : v)) }, [b[0]]: b[1] } });
    expect(await said(withNumber(70_000), { type: "F16" })).toMatch(/blk\.0\.attn_v\.weight\.lora_a has numbers as large as 7\.00e\+4, for which F16 has no room/);
    expect(await said(withNumber(NaN), { type: "F16" })).toMatch(/none \(infinity or NaN\)/);
    expect(await said(withNumber(-Infinity))).toMatch(/none \(infinity or NaN\)/);
  });
});

describe("the base", () => {
  it.each<[string, string, RegExp]>([
    ["an unknown kind", '{"model_type": "mamba"}', /kind mamba/], ["no kind", "{}", /model_type/], ["no heads", '{"model_type": "llama"}', /attention heads/], ["heads that do not divide the rows", '{"model_type": "llama", "num_attention_heads": 5, "num_hidden_layers": 2}', /5 attention heads cannot share/],
    ["too few layers", '{"model_type": "llama", "num_attention_heads": 4, "num_hidden_layers": 0}', /model_type|layers/],
  ])("%s is refused", async (_, config, reason) => {
    const path = join(folder, `config-${count++}.json`);
    writeFileSync(path, config);
    expect(await said(peft({ tensors: pair("model.layers.0.self_attn.q_proj", 32) }), { base: path })).toMatch(reason);
  });

  it("may not be an adapter, and must be there", async () => {
    expect(await said(peft({}), { base: join(folder, "none.gguf") })).toMatch(/NOT_FOUND/);
    const adapter = writeAdapter(join(folder, "adapter.gguf"), "llama", { pairs: { "blk.0.attn_v.weight": { a: [[32, 4], noise(1, 128)], b: [[4, 16], noise(2, 64)] } } });
    expect(await said(peft({}), { base: adapter })).toMatch(/itself an adapter/);
  });
});
