/** The kit: everything that screens are built of. What a screen needs and is not here is added here. */
export * from "./controls";
export * from "./data";
export * from "./feedback";
export * from "./fields";
export { useGrowing } from "./growing";
export * from "./icons";
export * from "./layout";
export * from "./overlays";
export { VirtualRows } from "./VirtualRows";
export { useColorScheme, type ColorScheme } from "./provider";
