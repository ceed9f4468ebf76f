#include "cpictures.h"
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cpictures_png {
  png_structp png;
  png_infop info;
  png_bytepp rows;
  const uint8_t *bytes;
  size_t left;
  cpictures_png_header header;
  char *error;
};

static void fail(png_structp png, png_const_charp message) {
  char *error = png_get_error_ptr(png);
  if (error) snprintf(error, CPICTURES_ERROR_LENGTH, "%s", message);
  png_longjmp(png, 1);
}

// libpng warns about ancillary chunks only: a picture with a broken time stamp is still a picture.
static void ignore(png_structp png, png_const_charp message) { (void)png, (void)message; }

static void take(png_structp png, png_bytep target, size_t count) {
  cpictures_png *reader = png_get_io_ptr(png);
  if (count > reader->left) png_error(png, "the file ends early");
  memcpy(target, reader->bytes, count);
  reader->bytes += count;
  reader->left -= count;
}

static void describe(cpictures_png *reader) {
  cpictures_png_header *header = &reader->header;
  png_structp png = reader->png;
  png_infop info = reader->info;
  int color = png_get_color_type(png, info), intent;
  int alpha = (color & PNG_COLOR_MASK_ALPHA) || png_get_valid(png, info, PNG_INFO_tRNS);
  header->width = png_get_image_width(png, info);
  header->height = png_get_image_height(png, info);
  header->channels = ((color & PNG_COLOR_MASK_COLOR) ? 3 : 1) + (alpha ? 1 : 0);
  header->bits = png_get_bit_depth(png, info) == 16 ? 16 : 8;
  header->is_srgb = png_get_sRGB(png, info, &intent) != 0;
  if (!png_get_gAMA(png, info, &header->gamma)) header->gamma = 0;
  double *c = header->chromaticities;
  header->has_chromaticities = png_get_cHRM(png, info, c, c + 1, c + 2, c + 3, c + 4, c + 5, c + 6, c + 7) != 0;
  png_charp name;
  png_bytep profile;
  int compression;
  if (png_get_iCCP(png, info, &name, &compression, &profile, &header->profile_length)) header->profile = profile;
}

cpictures_png *cpictures_png_open(const uint8_t *bytes, size_t count, cpictures_png_header *header, char *error) {
  cpictures_png *reader = calloc(1, sizeof *reader);
  if (!reader) return snprintf(error, CPICTURES_ERROR_LENGTH, "no memory"), NULL;
  reader->bytes = bytes;
  reader->left = count;
  reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, error, fail, ignore);
  reader->info = reader->png ? png_create_info_struct(reader->png) : NULL;
  if (!reader->info) {
    snprintf(error, CPICTURES_ERROR_LENGTH, "no memory");
    cpictures_png_close(reader);
    return NULL;
  }
  if (setjmp(png_jmpbuf(reader->png))) {
    cpictures_png_close(reader);
    return NULL;
  }
  png_set_user_limits(reader->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // the caller knows the number of pixels to allow
  png_set_read_fn(reader->png, reader, take);
  png_read_info(reader->png, reader->info);
  describe(reader);
  *header = reader->header;
  return reader;
}

int cpictures_png_text_count(cpictures_png *reader) {
  png_textp texts;
  int count = 0;
  return png_get_text(reader->png, reader->info, &texts, &count) ? count : 0;
}

cpictures_png_text cpictures_png_text_at(cpictures_png *reader, int index) {
  png_textp texts;
  int count = 0;
  png_get_text(reader->png, reader->info, &texts, &count);
  cpictures_png_text text = {texts[index].key, texts[index].text, texts[index].compression >= PNG_ITXT_COMPRESSION_NONE};
  return text;
}

int cpictures_png_read(cpictures_png *reader, int wide, uint8_t *samples, char *error) {
  png_structp png = reader->png;
  const cpictures_png_header *header = &reader->header;
  png_set_error_fn(png, error, fail, ignore);
  if (setjmp(png_jmpbuf(png))) return 0;
  png_set_expand(png);
  if (header->bits == 16) {
    const uint16_t one = 1;
    if (!wide) png_set_scale_16(png);
    else if (*(const uint8_t *)&one) png_set_swap(png);
  }
  png_set_interlace_handling(png);
  png_read_update_info(png, reader->info);
  size_t row = (size_t)header->width * header->channels * (header->bits == 16 && wide ? 2 : 1);
  if (png_get_rowbytes(png, reader->info) != row) png_error(png, "its rows have an unexpected length");
  reader->rows = malloc(header->height * sizeof *reader->rows);
  if (!reader->rows) png_error(png, "no memory");
  for (uint32_t y = 0; y < header->height; y++) reader->rows[y] = samples + y * row;
  png_read_image(png, reader->rows);
  png_read_end(png, NULL);
  return 1;
}

void cpictures_png_close(cpictures_png *reader) {
  if (!reader) return;
  png_destroy_read_struct(&reader->png, &reader->info, NULL);
  free(reader->rows);
  free(reader);
}
