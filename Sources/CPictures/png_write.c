#include "cpictures.h"
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

typedef struct {
  uint8_t *bytes;
  size_t count, room;
} sheet;

static void fail(png_structp png, png_const_charp message) {
  snprintf(png_get_error_ptr(png), CPICTURES_ERROR_LENGTH, "%s", message);
  png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp message) { (void)png, (void)message; }

static void give(png_structp png, png_bytep source, size_t count) {
  sheet *out = png_get_io_ptr(png);
  if (out->room - out->count < count) {
    size_t room = (out->count + count) * 2 + 65536;
    uint8_t *grown = realloc(out->bytes, room);
    if (!grown) png_error(png, "no memory");
    out->bytes = grown;
    out->room = room;
  }
  memcpy(out->bytes + out->count, source, count);
  out->count += count;
}

static void flush(png_structp png) { (void)png; }

static int is_ascii(const char *text) {
  for (; *text; text++)
    if (*(const uint8_t *)text > 126) return 0;
  return 1;
}

static void add_text(png_structp png, png_infop info, const char *key, const char *value) {
  png_text text = {0};
  text.compression = is_ascii(value) ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE;
  text.key = (char *)key;
  text.text = (char *)value;
  *(text.compression == PNG_TEXT_COMPRESSION_NONE ? &text.text_length : &text.itxt_length) = strlen(value);
  text.lang = text.lang_key = "";
  png_set_text(png, info, &text, 1);
}

int cpictures_png_write(const uint8_t *samples, uint32_t width, uint32_t height, uint32_t channels, int compression,
                        const char *const *keys, const char *const *values, int texts, uint8_t **bytes, size_t *count, char *error) {
  sheet out = {0};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, error, fail, ignore);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    snprintf(error, CPICTURES_ERROR_LENGTH, "no memory");
    png_destroy_write_struct(&png, NULL);
    return 0;
  }
  sheet *volatile result = &out;
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &info);
    free(result->bytes);
    return 0;
  }
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_write_fn(png, &out, give, flush);
  png_set_compression_level(png, compression);
  // The fast level: of the filters, which all would be tried on every row, only the one that suits photos best, and of matches only
  // runs. That is a third faster than zlib's own level 1, for files 3 % larger (measured on 3,000 pictures of the procedural set).
  if (compression == 1) {
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_PAETH);
    png_set_compression_strategy(png, Z_RLE);
  }
  png_set_IHDR(png, info, width, height, 8, channels == 4 ? PNG_COLOR_TYPE_RGB_ALPHA : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_sRGB_gAMA_and_cHRM(png, info, PNG_sRGB_INTENT_RELATIVE);
  for (int i = 0; i < texts; i++) add_text(png, info, keys[i], values[i]);
  png_write_info(png, info);
  for (uint32_t y = 0; y < height; y++) png_write_row(png, samples + (size_t)y * width * channels);
  png_write_end(png, NULL);
  png_destroy_write_struct(&png, &info);
  *bytes = out.bytes;
  *count = out.count;
  return 1;
}
