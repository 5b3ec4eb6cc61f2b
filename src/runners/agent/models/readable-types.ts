const images: readonly string[] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/** Whether it is an image that models with eyes read. */
export function isImage(mediaType: string): boolean {
  return images.includes(mediaType);
}

/** Whether it is such an image, or a PDF. */
export function isImageOrPdf(mediaType: string): boolean {
  return isImage(mediaType) || mediaType === "application/pdf";
}
