// Plain C over libpng, libjpeg-turbo, libwebp and little-cms for LoRWeBPictures: setjmp, variadics and callbacks stay behind it.
//
// Functions that can fail return 0 (or NULL) and write one line without a full stop to `error`, which has room for
// CPICTURES_ERROR_LENGTH bytes. Samples are rows from the top without padding. Buffers returned through `bytes` belong to the
// caller, who gives them back with free().
#pragma once
#include <stddef.h>
#include <stdint.h>

#define CPICTURES_ERROR_LENGTH 256

// PNG. Palettes, grey below 8 bits and tRNS come expanded.
typedef struct cpictures_png cpictures_png;

typedef struct {
  uint32_t width, height;
  uint32_t channels;  // 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha
  uint32_t bits;      // 8 or 16
  int is_srgb;        // there is an sRGB chunk
  double gamma;       // of the gAMA chunk (1/2.2 is usual), 0 without one
  int has_chromaticities;
  double chromaticities[8];  // cHRM: white x y, red x y, green x y, blue x y
  const uint8_t *profile;    // of the iCCP chunk, owned by the reader; NULL without one
  uint32_t profile_length;
} cpictures_png_header;

typedef struct {
  const char *key, *value;  // UTF-8 from iTXt, Latin-1 from tEXt and zTXt
  int is_utf8;
} cpictures_png_text;

// `bytes` must live until cpictures_png_close. Reads all chunks before the image data.
cpictures_png *cpictures_png_open(const uint8_t *bytes, size_t count, cpictures_png_header *header, char *error);
int cpictures_png_text_count(cpictures_png *reader);
cpictures_png_text cpictures_png_text_at(cpictures_png *reader, int index);
// Fills height * width * channels samples: 16-bit ones in native order if `wide`, else rounded to 8 bits. Once per reader.
int cpictures_png_read(cpictures_png *reader, int wide, uint8_t *samples, char *error);
void cpictures_png_close(cpictures_png *reader);
// `channels` 3 or 4; tagged sRGB. Keys are Latin-1 of at most 79 bytes, values UTF-8 (written as iTXt unless ASCII).
int cpictures_png_write(const uint8_t *samples, uint32_t width, uint32_t height, uint32_t channels, int compression,
                        const char *const *keys, const char *const *values, int texts, uint8_t **bytes, size_t *count, char *error);

// JPEG.
typedef struct {
  int width, height;
  int channels;  // 1 grey, 3 colour, 4 CMYK or YCCK (read as CMYK, inverted or not as stored)
} cpictures_jpeg_header;

int cpictures_jpeg_open(const uint8_t *bytes, size_t count, cpictures_jpeg_header *header, char *error);
// Where pixels were lost, the rest is read, and `damage` (CPICTURES_ERROR_LENGTH bytes, empty before) says what was lost.
int cpictures_jpeg_read(const uint8_t *bytes, size_t count, cpictures_jpeg_header header, uint8_t *samples, char *damage,
                        char *error);
int cpictures_jpeg_write(const uint8_t *rgb, int width, int height, int quality, uint8_t **bytes, size_t *count, char *error);

// WebP, without its container's ICC, EXIF and animation chunks.
typedef struct {
  int width, height, has_alpha, is_animated;
} cpictures_webp_header;

int cpictures_webp_open(const uint8_t *bytes, size_t count, cpictures_webp_header *header, char *error);
int cpictures_webp_read(const uint8_t *bytes, size_t count, cpictures_webp_header header, uint8_t *samples, char *error);
int cpictures_webp_write(const uint8_t *samples, int width, int height, int has_alpha, int quality, int lossless, uint8_t **bytes,
                         size_t *count, char *error);

// Colour profiles.
typedef struct cpictures_profile cpictures_profile;

cpictures_profile *cpictures_profile_open(const uint8_t *bytes, size_t count);
// From PNG's cHRM (NULL: those of sRGB) and gAMA.
cpictures_profile *cpictures_profile_make(const double *chromaticities, double gamma);
// 1 grey, 3 RGB, 4 CMYK, 0 anything else.
int cpictures_profile_channels(const cpictures_profile *profile);
// To 8-bit sRGB, relative colorimetric with black point compensation. `extra` trailing channels (alpha) are skipped,
// `inverted` says that 0 is full ink.
int cpictures_profile_convert(const cpictures_profile *profile, int bits, int extra, int inverted, const void *samples,
                              size_t pixels, uint8_t *rgb);
void cpictures_profile_close(cpictures_profile *profile);
// Writes an sRGB profile (the same bytes every time) and returns its length, 0 if it doesn't fit.
size_t cpictures_profile_write_srgb(uint8_t *bytes, size_t capacity);
