import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/inter/wght-italic.css";
import "./design/global.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App.tsx";
import { applyRememberedTheme } from "./app/theme.ts";
import { connect } from "./engine/connect.ts";
import { EngineProvider } from "./engine/context.tsx";

applyRememberedTheme();
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(<StrictMode><EngineProvider connection={connect()}><App /></EngineProvider></StrictMode>);
