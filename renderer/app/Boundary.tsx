import { Component, type ReactNode } from "react";
import { ErrorState } from "../design/index.ts";

/** A mistake in one screen leaves the rail and the other screens usable. */
export class Boundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: undefined };
  static getDerivedStateFromError(error: unknown) { return { error }; }
  override render() {
    return this.state.error === undefined ? this.props.children : <ErrorState title="This screen broke" error={this.state.error} onRetry={() => this.setState({ error: undefined })} />;
  }
}
