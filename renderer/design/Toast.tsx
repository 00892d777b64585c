import { X } from "lucide-react";
import { Toast as Radix } from "radix-ui";
import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from "react";
import { failureOf } from "../engine/failure.ts";
import { cx } from "./class-names.ts";
import css from "./Overlay.module.css";

export interface ToastMessage { title: string; text?: string | undefined; tone?: "plain" | "bad"; action?: { label: string; run(): void }; /** Called when it goes away and the action was not taken. */ onGone?: () => void }

interface Toasts { show(message: ToastMessage): void; /** The engine's reason and next step. */ fail(error: unknown, title?: string): void }

const ToastContext = createContext<Toasts | undefined>(undefined);

export function useToasts(): Toasts {
  const toasts = useContext(ToastContext);
  if (!toasts) throw new Error("useToasts needs ToastProvider above it");
  return toasts;
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [messages, setMessages] = useState<readonly (ToastMessage & { key: number })[]>([]);
  const next = useRef(0);
  const show = useCallback((message: ToastMessage) => setMessages((now) => [...now, { ...message, key: next.current++ }]), []);
  const toasts = useMemo<Toasts>(() => ({
    show,
    fail: (error, title) => {
      const failure = failureOf(error);
      if (failure.code === "ABORTED") return;
      show({ tone: "bad", title: title ?? failure.reason, text: [title ? failure.reason : "", failure.next ?? ""].filter(Boolean).join(" ") || undefined });
    },
  }), [show]);
  return (
    <ToastContext.Provider value={toasts}>
      <Radix.Provider swipeDirection="right" duration={7000}>
        {children}
        {messages.map((message) => <ToastView key={message.key} message={message} onGone={() => setMessages((now) => now.filter((other) => other.key !== message.key))} />)}
        <Radix.Viewport className={css.toasts} />
      </Radix.Provider>
    </ToastContext.Provider>
  );
}

function ToastView({ message, onGone }: { message: ToastMessage; onGone(): void }) {
  const acted = useRef(false);
  const close = (open: boolean) => {
    if (open) return;
    onGone();
    if (!acted.current) message.onGone?.();
  };
  return (
    <Radix.Root className={cx(css.toast, message.tone === "bad" && css.toastBad)} type={message.tone === "bad" ? "foreground" : "background"} onOpenChange={close}>
      <div className={css.toastBody}>
        <Radix.Title className={css.toastTitle}>{message.title}</Radix.Title>
        {message.text ? <Radix.Description className={css.toastText}>{message.text}</Radix.Description> : null}
      </div>
      {message.action ? <Radix.Action asChild altText={message.action.label}><button type="button" className={css.toastAction} onClick={() => { acted.current = true; message.action?.run(); }}>{message.action.label}</button></Radix.Action> : null}
      <Radix.Close asChild><button type="button" aria-label="Dismiss" className={css.toastClose}><X /></button></Radix.Close>
    </Radix.Root>
  );
}
