/** Regular-expression text (PCRE) that matches exactly this. Only characters that a schema admits can come in. */
export const literally = (text: string): string => text.replace(/[.*+?()[\]^$|\\{}]/g, "\\$&");
