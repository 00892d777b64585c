/** The design system: every screen builds from these and from the tokens. */
export { Button, IconButton } from "./Button.tsx";
export { Checkbox } from "./Checkbox.tsx";
export { cx } from "./class-names.ts";
export { AlertDialog, Dialog } from "./Dialog.tsx";
export { Drawer } from "./Drawer.tsx";
export { Badge, EmptyState, ErrorState, Kbd, ProgressBar, type Tone } from "./Feedback.tsx";
export { Field, SearchField, SegmentedControl, Slider, Switch, TextArea, TextField, type Segment } from "./Fields.tsx";
export { Menu, MenuCheck, MenuItem, MenuLabel, MenuSeparator } from "./Menu.tsx";
export { MenuAt, type Point } from "./MenuAt.tsx";
export { Picker, type PickerOption } from "./Picker.tsx";
export { Popover } from "./Popover.tsx";
export { Select, type SelectOption } from "./Select.tsx";
export { Spinner } from "./Spinner.tsx";
export { TabPanel, Tabs } from "./Tabs.tsx";
export { ToastProvider, useToasts } from "./Toast.tsx";
export { Tooltip, TooltipProvider } from "./Tooltip.tsx";
export { VirtualList } from "./VirtualList.tsx";
