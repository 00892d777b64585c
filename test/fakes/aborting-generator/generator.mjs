// A generator worker without the header check: hands the first call's file straight to llama.cpp. With a GGUF whose tokenizer lacks
// byte tokens the runtime aborts the whole process, which is what the test wants to see contained.
import { getLlama } from "node-llama-cpp";

process.on("message", async () => {
  const llama = await getLlama({ gpu: false, build: "never", skipDownload: true, logLevel: "disabled" });
  const model = await llama.loadModel({ modelPath: process.env.HOSTILE_GGUF });
  model.tokenize("ß~@#", false);
});
process.send("ready");
