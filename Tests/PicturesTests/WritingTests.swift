import Foundation
import LoRWeBPictures
import Testing

@Suite("Writing")
struct WritingTests {
  @Test(
    "PNG of every effort has the same pixels, and the fast one for photos is smaller than none",
    arguments: ["rgb.png", "rgba.png"])
  func pngEfforts(name: String) throws {
    let picture = try Fixtures.decoding(name)
    let files = try (0...9).map { try picture.encoded(as: .png, PictureWriting(compression: $0)) }
    for file in files { #expect(try Picture(data: file) == picture) }
    #expect(files[1].count < files[0].count)
  }

  @Test("PNG and lossless WebP give back every sample, alpha and the colours under it included")
  func lossless() throws {
    for channels in [3, 4] {
      let picture = try Fixtures.noise(PictureSize(width: 37, height: 21), channels: channels, seed: 9)
      #expect(try Picture(data: picture.encoded(as: .png)) == picture)
      #expect(try Picture(data: picture.encoded(as: .webp, PictureWriting(lossless: true))) == picture)
    }
  }

  @Test("JPEG and lossy WebP stay near, and quality matters")
  func lossy() throws {
    let picture = try Fixtures.decoding("rgb.png").resized(to: PictureSize(width: 160, height: 104), filter: .bicubic)
    for format in [PictureFormat.jpeg, .webp] {
      let fine = try picture.encoded(as: format)
      let coarse = try picture.encoded(as: format, PictureWriting(quality: 20))
      #expect(coarse.count < fine.count)
      #expect(try Fixtures.meanDistance(Picture(data: fine).pixels, picture.pixels) < 2)
      #expect(try Fixtures.meanDistance(Picture(data: coarse).pixels, picture.pixels) < 12)
    }
  }

  @Test("alpha survives PNG and WebP, and is laid on white in a JPEG")
  func alpha() throws {
    let picture = try Fixtures.decoding("rgba.png")
    #expect(try Picture(data: picture.encoded(as: .png)).alpha == picture.alpha)
    #expect(try Picture(data: picture.encoded(as: .webp)).alpha == picture.alpha)
    let flat = try Picture(data: picture.encoded(as: .jpeg))
    #expect(flat.alpha == nil)
    #expect(Fixtures.meanDistance(flat.pixels, picture.composited().pixels) < 3)
    #expect(picture.composited().pixels.prefix(3) == [255, 255, 255])
    #expect(try picture.composited().withAlpha(picture.alpha).alpha == picture.alpha)
  }

  @Test("results are tagged sRGB: PNG by its chunk, JPEG and WebP by a profile, and equal pictures give equal files")
  func tags() throws {
    let picture = try Fixtures.decoding("rgb.png")
    #expect(try picture.encoded(as: .png).range(of: Data("sRGB".utf8)) != nil)
    #expect(try picture.encoded(as: .jpeg).range(of: Data("ICC_PROFILE\0".utf8)) != nil)
    #expect(try picture.encoded(as: .webp).range(of: Data("ICCP".utf8)) != nil)
    for format in PictureFormat.allCases { #expect(try picture.encoded(as: format) == picture.encoded(as: format)) }
  }

  @Test("texts in a PNG come back, long and in any script")
  func text() throws {
    let texts = [
      "lorweb": "{\"seed\": 7, \"prompt\": \"Öl auf Leinwand, 油絵\"}", "Title": "plain", "empty": "",
      "long": String(repeating: "0123456789", count: 20_000),
    ]
    try Fixtures.inTemporaryFolder { folder in
      let url = folder.appending(path: "out.png")
      try Fixtures.decoding("rgba.png").write(to: url, PictureWriting(text: texts))
      #expect(try Picture.text(ofPNG: url) == texts)
      #expect(try Picture(contentsOf: url) == Fixtures.decoding("rgba.png"))
    }
    for key in ["", " outer", "dou  ble", "umlautö", String(repeating: "k", count: 80)] {
      #expect(throws: PicturesError.self) {
        try Fixtures.decoding("rgb.png").encoded(as: .png, PictureWriting(text: [key: "x"]))
      }
    }
    #expect(throws: PicturesError.self) {
      try Fixtures.decoding("rgb.png").encoded(as: .png, PictureWriting(text: ["key": "a\0b"]))
    }
  }

  @Test("a file appears whole or not at all, and a failed write leaves the old one")
  func atomic() throws {
    let picture = try Fixtures.decoding("rgb.png")
    try Fixtures.inTemporaryFolder { folder in
      let url = folder.appending(path: "out.webp")
      try picture.write(to: url, PictureWriting(lossless: true))
      let old = try Data(contentsOf: url)
      let wide = try Picture(size: PictureSize(width: 16_384, height: 1), filledWith: .white)
      #expect(throws: PicturesError.self) { try wide.write(to: url) }
      #expect(throws: PicturesError.self) { try picture.write(to: url, PictureWriting(quality: 0)) }
      #expect(try Data(contentsOf: url) == old)
      try picture.resized(to: PictureSize(width: 4, height: 4)).write(to: url)
      #expect(try Picture(contentsOf: url).width == 4)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out.webp"])
    }
  }

  @Test("a missing folder, a folder in the file's place and an unknown ending are said in one sentence")
  func unwritable() throws {
    let picture = try Fixtures.decoding("rgb.png")
    try Fixtures.inTemporaryFolder { folder in
      let lost = folder.appending(path: "no/where.png")
      #expect(throws: PicturesError.unwritable(file: lost.path, reason: "its folder or file does not exist")) {
        try picture.write(to: lost)
      }
      try FileManager.default.createDirectory(at: folder.appending(path: "taken.png/in"), withIntermediateDirectories: true)
      #expect(throws: PicturesError.self) { try picture.write(to: folder.appending(path: "taken.png")) }
      let reason = "its name must end in .png, .jpg, .jpeg or .webp"
      for name in ["x.tiff", "x"] {
        let url = folder.appending(path: name)
        #expect(throws: PicturesError.unwritable(file: url.path, reason: reason)) { try picture.write(to: url) }
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["taken.png"])
    }
  }
}
