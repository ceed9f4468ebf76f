#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jpeglib.h>
#include <jerror.h>
#include "cpictures.h"

enum { most_scans = 500, stray_bytes = 3, prefetched_bytes = 8 };

// libjpeg's error manager and what was learnt from its messages while reading.
typedef struct {
  struct jpeg_error_mgr manager;
  jmp_buf escape;
  char *error, *damage;
  const uint8_t *bytes, *end;
  unsigned scans;
  int ended_early;
  uint8_t seen[256];  // components that a scan was about, by their identifiers
} messages;

static messages *of(j_common_ptr jpeg) { return (messages *)jpeg->err; }

static void ignore(j_common_ptr jpeg) { (void)jpeg; }

static void put(j_common_ptr jpeg, char *target) {
  char text[JMSG_LENGTH_MAX];
  of(jpeg)->manager.format_message(jpeg, text);
  const char *prefix = "Corrupt JPEG data: ";
  snprintf(target, CPICTURES_ERROR_LENGTH, "%s", strncmp(text, prefix, strlen(prefix)) ? text : text + strlen(prefix));
}

static void escape(j_common_ptr jpeg) {
  messages *told = of(jpeg);
  if (told->manager.msg_code == JERR_NO_IMAGE) snprintf(told->error, CPICTURES_ERROR_LENGTH, "it ends before its size");
  else put(jpeg, told->error);
  longjmp(told->escape, 1);
}

static void escape_with(j_common_ptr jpeg, const char *reason) {
  snprintf(of(jpeg)->error, CPICTURES_ERROR_LENGTH, "%s", reason);
  longjmp(of(jpeg)->escape, 1);
}

// The first loss is told, with the row it begins in where rows come one after the other.
static void lose(j_decompress_ptr jpeg, const char *what) {
  char *damage = of((j_common_ptr)jpeg)->damage;
  if (!damage || *damage) return;
  int is_by_rows = !jpeg->progressive_mode && jpeg->comps_in_scan == jpeg->num_components;
  if (is_by_rows)
    snprintf(damage, CPICTURES_ERROR_LENGTH, "%s, at about row %u of %u", what, jpeg->output_scanline, jpeg->output_height);
  else snprintf(damage, CPICTURES_ERROR_LENGTH, "%s", what);
}

// Cameras leave a few bytes or any number of equal ones behind a scan. When one of its bytes is wrong, the blocks come to an end
// too early and the picture data behind them are left over: that is how libjpeg gets to notice it. Equal bytes are picture data
// too if they reach back farther than libjpeg reads ahead, as sectors of zeros do.
static int is_padding(const uint8_t *begin, const uint8_t *end, const uint8_t *first) {
  if (end - begin <= stray_bytes) return 1;
  for (const uint8_t *byte = begin; byte < end; byte++)
    if (*byte != *begin) return 0;
  if (*begin != 0 && *begin != 0xFF) return 0;
  const uint8_t *before = begin;
  while (before > first && before[-1] == *begin) before--;
  return begin - before <= prefetched_bytes;
}

static void left_over(j_decompress_ptr jpeg, size_t count) {
  char text[64];
  snprintf(text, sizeof text, "%zu bytes of picture data are left over", count);
  lose(jpeg, text);
}

// Told of warnings (below 0) and of traces, at any level. A warning counts if it costs pixels: none in a header does.
static void hear(j_common_ptr common, int level) {
  j_decompress_ptr jpeg = (j_decompress_ptr)common;
  messages *told = of(common);
  struct jpeg_error_mgr *manager = &told->manager;
  if (level >= 0) {
    if (manager->msg_code == JTRC_SOS && ++told->scans > most_scans) escape_with(common, "it has more than 500 scans");
    if (manager->msg_code == JTRC_SOS_COMPONENT) told->seen[manager->msg_parm.i[0] & 255] = 1;
    return;
  }
  switch (manager->msg_code) {
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
    case JWRN_NOT_SEQUENTIAL:
      return;
    case JWRN_JPEG_EOF:
      told->ended_early = 1;
      return;
    case JWRN_BOGUS_PROGRESSION:
      // A scan sent again says the same; one that refines what was not sent shows that a scan is missing.
      if (jpeg->Ah == 0) return;
      break;
    case JWRN_EXTRANEOUS_DATA: {
      size_t count = (size_t)manager->msg_parm.i[0];
      const uint8_t *end = jpeg->src->next_input_byte;
      if (end < told->bytes || end > told->end) end = told->end;  // it is in the end marker that libjpeg makes up
      if (told->scans > 0 && !is_padding(end - count, end, told->bytes)) left_over(jpeg, count);
      return;
    }
  }
  char text[CPICTURES_ERROR_LENGTH / 2];
  char whole[CPICTURES_ERROR_LENGTH];
  put(common, whole);
  snprintf(text, sizeof text, "%.100s", whole);
  lose(jpeg, text);
}

static void prepare(messages *told, const uint8_t *bytes, size_t count, char *error, char *damage) {
  memset(told, 0, sizeof *told);
  jpeg_std_error(&told->manager);
  told->manager.error_exit = escape;
  told->manager.emit_message = hear;
  told->manager.output_message = ignore;
  told->bytes = bytes;
  told->end = bytes + count;
  told->error = error;
  told->damage = damage;
}

static int channels_of(j_decompress_ptr jpeg) {
  switch (jpeg->jpeg_color_space) {
    case JCS_GRAYSCALE: return 1;
    case JCS_YCbCr:
    case JCS_RGB: return 3;
    case JCS_CMYK:
    case JCS_YCCK: return 4;
    default: return 0;
  }
}

// Lets `work` do its part behind the header, with the decoder made before and taken down after it, whatever ends it.
static int decoding(const uint8_t *bytes, size_t count, char *error, char *damage,
                    void (*work)(j_decompress_ptr jpeg, messages *told, void *context), void *context) {
  struct jpeg_decompress_struct jpeg;
  messages told;
  prepare(&told, bytes, count, error, damage);
  jpeg.err = &told.manager;
  if (setjmp(told.escape)) {
    jpeg_destroy_decompress(&jpeg);
    return 0;
  }
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, bytes, count);
  jpeg_read_header(&jpeg, TRUE);
  work(&jpeg, &told, context);
  jpeg_destroy_decompress(&jpeg);
  return 1;
}

static void tell_header(j_decompress_ptr jpeg, messages *told, void *context) {
  cpictures_jpeg_header *header = context;
  (void)told;
  header->width = (int)jpeg->image_width;
  header->height = (int)jpeg->image_height;
  header->channels = channels_of(jpeg);
  if (!header->channels) escape_with((j_common_ptr)jpeg, "its colours are of an unknown kind");
}

int cpictures_jpeg_open(const uint8_t *bytes, size_t count, cpictures_jpeg_header *header, char *error) {
  return decoding(bytes, count, error, NULL, tell_header, header);
}

// Whether the scans told of every component and, where the end marker is missing, of all their coefficients' bits. A progressive
// file that ends properly may leave out the finest.
static int is_complete(j_decompress_ptr jpeg) {
  const messages *told = of((j_common_ptr)jpeg);
  for (int index = 0; index < jpeg->num_components; index++) {
    if (!told->seen[jpeg->comp_info[index].component_id & 255]) return 0;
    if (!jpeg->progressive_mode || !jpeg->coef_bits) continue;
    for (int place = 0; place < (told->ended_early ? DCTSIZE2 : 1); place++)
      if (jpeg->coef_bits[index][place] < 0 || (told->ended_early && jpeg->coef_bits[index][place] > 0)) return 0;
  }
  return 1;
}

typedef struct {
  cpictures_jpeg_header header;
  uint8_t *samples;
} picture;

static void read_samples(j_decompress_ptr jpeg, messages *told, void *context) {
  const picture *into = context;
  const int channels = into->header.channels;
  jpeg->out_color_space = channels == 1 ? JCS_GRAYSCALE : channels == 4 ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(jpeg);
  while (jpeg->output_scanline < jpeg->output_height) {
    JSAMPROW row = into->samples + (size_t)jpeg->output_scanline * into->header.width * channels;
    jpeg_read_scanlines(jpeg, &row, 1);
  }
  jpeg_finish_decompress(jpeg);
  if (!is_complete(jpeg)) lose(jpeg, told->ended_early ? "the file ends early" : "a part of its picture data is missing");
}

int cpictures_jpeg_read(const uint8_t *bytes, size_t count, cpictures_jpeg_header header, uint8_t *samples, char *damage,
                        char *error) {
  picture into = {header, samples};
  return decoding(bytes, count, error, damage, read_samples, &into);
}

int cpictures_jpeg_write(const uint8_t *rgb, int width, int height, int quality, uint8_t **bytes, size_t *count, char *error) {
  struct jpeg_compress_struct jpeg;
  messages told;
  unsigned char *buffer = NULL;
  unsigned long length = 0;
  prepare(&told, rgb, 0, error, NULL);
  jpeg.err = &told.manager;
  if (setjmp(told.escape)) {
    jpeg_destroy_compress(&jpeg);
    return 0;
  }
  jpeg_create_compress(&jpeg);
  jpeg_mem_dest(&jpeg, &buffer, &length);
  jpeg.image_width = (JDIMENSION)width;
  jpeg.image_height = (JDIMENSION)height;
  jpeg.input_components = 3;
  jpeg.in_color_space = JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, quality, TRUE);
  int factor = quality >= 90 ? 1 : 2;
  jpeg.comp_info[0].h_samp_factor = jpeg.comp_info[0].v_samp_factor = factor;
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < jpeg.image_height) {
    JSAMPROW row = (JSAMPROW)(rgb + (size_t)jpeg.next_scanline * width * 3);
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  *bytes = buffer;
  *count = length;
  return 1;
}
