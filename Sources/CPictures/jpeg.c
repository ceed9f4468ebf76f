#include "cpictures.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

static int fail(tjhandle turbo, char *error) {
  snprintf(error, CPICTURES_ERROR_LENGTH, "%s", tjGetErrorStr2(turbo));
  if (turbo) tjDestroy(turbo);
  return 0;
}

int cpictures_jpeg_open(const uint8_t *bytes, size_t count, cpictures_jpeg_header *header, char *error) {
  tjhandle turbo = tjInitDecompress();
  int sampling, space;
  if (!turbo || tjDecompressHeader3(turbo, bytes, count, &header->width, &header->height, &sampling, &space) != 0)
    return fail(turbo, error);
  tjDestroy(turbo);
  header->channels = space == TJCS_GRAY ? 1 : space == TJCS_CMYK || space == TJCS_YCCK ? 4 : 3;
  return 1;
}

// Stray bytes between segments are common in cameras' files and cost no pixel; every other warning means missing or wrong ones.
static int is_harmless(const char *warning) { return strstr(warning, "extraneous bytes before marker") != NULL; }

int cpictures_jpeg_read(const uint8_t *bytes, size_t count, cpictures_jpeg_header header, uint8_t *samples, char *error) {
  tjhandle turbo = tjInitDecompress();
  if (!turbo) return fail(turbo, error);
  int format = header.channels == 1 ? TJPF_GRAY : header.channels == 4 ? TJPF_CMYK : TJPF_RGB;
  int flags = TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS;
  int failed = tjDecompress2(turbo, bytes, count, samples, header.width, 0, header.height, format, flags | TJFLAG_STOPONWARNING);
  if (failed && is_harmless(tjGetErrorStr2(turbo)))
    failed = tjDecompress2(turbo, bytes, count, samples, header.width, 0, header.height, format, flags) &&
             !is_harmless(tjGetErrorStr2(turbo));
  if (failed) return fail(turbo, error);
  tjDestroy(turbo);
  return 1;
}

int cpictures_jpeg_write(const uint8_t *rgb, int width, int height, int quality, uint8_t **bytes, size_t *count, char *error) {
  tjhandle turbo = tjInitCompress();
  unsigned char *buffer = NULL;
  unsigned long length = 0;
  int sampling = quality >= 90 ? TJSAMP_444 : TJSAMP_420;
  if (!turbo ||
      tjCompress2(turbo, rgb, width, 0, height, TJPF_RGB, &buffer, &length, sampling, quality, TJFLAG_ACCURATEDCT) != 0) {
    tjFree(buffer);
    return fail(turbo, error);
  }
  tjDestroy(turbo);
  *bytes = malloc(length);
  if (!*bytes) snprintf(error, CPICTURES_ERROR_LENGTH, "no memory");
  else memcpy(*bytes, buffer, *count = length);
  tjFree(buffer);
  return *bytes != NULL;
}
