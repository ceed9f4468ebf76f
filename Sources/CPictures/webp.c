#include "cpictures.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <webp/decode.h>
#include <webp/encode.h>

static const char *explain(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_NOT_ENOUGH_DATA: return "the file ends early";
    case VP8_STATUS_UNSUPPORTED_FEATURE: return "it uses an unsupported feature";
    case VP8_STATUS_OUT_OF_MEMORY: return "no memory";
    default: return "its data contradict themselves";
  }
}

static int fail(VP8StatusCode status, char *error) {
  snprintf(error, CPICTURES_ERROR_LENGTH, "%s", explain(status));
  return 0;
}

int cpictures_webp_open(const uint8_t *bytes, size_t count, cpictures_webp_header *header, char *error) {
  WebPBitstreamFeatures features;
  VP8StatusCode status = WebPGetFeatures(bytes, count, &features);
  if (status != VP8_STATUS_OK) return fail(status, error);
  header->width = features.width;
  header->height = features.height;
  header->has_alpha = features.has_alpha;
  header->is_animated = features.has_animation;
  return 1;
}

int cpictures_webp_read(const uint8_t *bytes, size_t count, cpictures_webp_header header, uint8_t *samples, char *error) {
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) return fail(VP8_STATUS_UNSUPPORTED_FEATURE, error);
  int channels = header.has_alpha ? 4 : 3;
  config.output.colorspace = header.has_alpha ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = samples;
  config.output.u.RGBA.stride = header.width * channels;
  config.output.u.RGBA.size = (size_t)header.width * header.height * channels;
  VP8StatusCode status = WebPDecode(bytes, count, &config);
  WebPFreeDecBuffer(&config.output);
  return status == VP8_STATUS_OK ? 1 : fail(status, error);
}

int cpictures_webp_write(const uint8_t *samples, int width, int height, int has_alpha, int quality, int lossless, uint8_t **bytes,
                         size_t *count, char *error) {
  WebPConfig config;
  WebPPicture picture;
  WebPMemoryWriter writer;
  int ready = WebPConfigPreset(&config, WEBP_PRESET_PHOTO, (float)quality) && WebPPictureInit(&picture);
  if (!ready) return snprintf(error, CPICTURES_ERROR_LENGTH, "libwebp has another version than its headers"), 0;
  config.lossless = lossless;
  config.exact = lossless;
  config.use_sharp_yuv = 1;  // keeps thin red and blue lines, which plain chroma averaging washes out
  picture.use_argb = 1;
  picture.width = width;
  picture.height = height;
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &writer;
  WebPMemoryWriterInit(&writer);
  int done = has_alpha ? WebPPictureImportRGBA(&picture, samples, width * 4) : WebPPictureImportRGB(&picture, samples, width * 3);
  done = done && WebPEncode(&config, &picture);
  if (done) done = (*bytes = malloc(writer.size)) != NULL;
  if (done) memcpy(*bytes, writer.mem, *count = writer.size);
  else snprintf(error, CPICTURES_ERROR_LENGTH, "libwebp gave up with its error %d", picture.error_code);
  WebPMemoryWriterClear(&writer);
  WebPPictureFree(&picture);
  return done;
}
