#include "cpictures.h"
#include <lcms2.h>
#include <string.h>

cpictures_profile *cpictures_profile_open(const uint8_t *bytes, size_t count) {
  if (count > UINT32_MAX) return NULL;
  return (cpictures_profile *)cmsOpenProfileFromMem(bytes, (cmsUInt32Number)count);
}

cpictures_profile *cpictures_profile_make(const double *chromaticities, double gamma) {
  static const double srgb[8] = {0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06};
  const double *c = chromaticities ? chromaticities : srgb;
  cmsCIExyY white = {c[0], c[1], 1};
  cmsCIExyYTRIPLE primaries = {{c[2], c[3], 1}, {c[4], c[5], 1}, {c[6], c[7], 1}};
  // A gAMA of 1/2.2 is what programs write for sRGB's own curve, as the PNG standard tells them to.
  const double curve_of_srgb[5] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
  int usual = gamma > 0.45 && gamma < 0.46;
  cmsToneCurve *curve = usual ? cmsBuildParametricToneCurve(NULL, 4, curve_of_srgb) : cmsBuildGamma(NULL, 1 / gamma);
  if (!curve) return NULL;
  cmsToneCurve *curves[3] = {curve, curve, curve};
  cmsHPROFILE profile = cmsCreateRGBProfile(&white, &primaries, curves);
  cmsFreeToneCurve(curve);
  return (cpictures_profile *)profile;
}

int cpictures_profile_channels(const cpictures_profile *profile) {
  switch (cmsGetColorSpace((cmsHPROFILE)profile)) {
    case cmsSigGrayData: return 1;
    case cmsSigRgbData: return 3;
    case cmsSigCmykData: return 4;
    default: return 0;
  }
}

int cpictures_profile_convert(const cpictures_profile *profile, int bits, int extra, int inverted, const void *samples,
                              size_t pixels, uint8_t *rgb) {
  cmsHPROFILE input = (cmsHPROFILE)profile;
  int channels = cpictures_profile_channels(profile);
  int space = channels == 1 ? PT_GRAY : channels == 3 ? PT_RGB : PT_CMYK;
  cmsUInt32Number format = COLORSPACE_SH(space) | EXTRA_SH(extra) | CHANNELS_SH(channels) | BYTES_SH(bits / 8) |
                           FLAVOR_SH(inverted ? 1 : 0);
  // Little-cms resamples 16-bit transforms to a coarse table, which is up to 6 levels off where colours are clipped.
  cmsUInt32Number flags = cmsFLAGS_BLACKPOINTCOMPENSATION | (bits == 16 ? cmsFLAGS_NOOPTIMIZE : 0);
  cmsHPROFILE output = cmsCreate_sRGBProfile();
  cmsHTRANSFORM transform = cmsCreateTransform(input, format, output, TYPE_RGB_8, INTENT_RELATIVE_COLORIMETRIC, flags);
  cmsCloseProfile(output);
  if (!transform) return 0;
  const size_t block = 1 << 20, pixel = (size_t)(channels + extra) * (bits / 8);
  for (size_t done = 0; done < pixels; done += block) {
    size_t count = pixels - done < block ? pixels - done : block;
    cmsDoTransform(transform, (const uint8_t *)samples + done * pixel, rgb + done * 3, (cmsUInt32Number)count);
  }
  cmsDeleteTransform(transform);
  return 1;
}

void cpictures_profile_close(cpictures_profile *profile) {
  if (profile) cmsCloseProfile((cmsHPROFILE)profile);
}

size_t cpictures_profile_write_srgb(uint8_t *bytes, size_t capacity) {
  cmsHPROFILE profile = cmsCreate_sRGBProfile();
  cmsUInt32Number count = (cmsUInt32Number)capacity;
  int saved = profile && cmsSaveProfileToMem(profile, bytes, &count);
  if (profile) cmsCloseProfile(profile);
  if (!saved || count < 128) return 0;
  // The header's creation date (bytes 24 to 35): 2000-01-01, so that equal pictures give equal files.
  static const uint8_t date[12] = {0x07, 0xd0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0};
  memcpy(bytes + 24, date, sizeof date);
  return count;
}
