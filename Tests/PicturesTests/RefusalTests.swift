import Foundation
import LoRWeBPictures
import Testing

@Suite("Refused and damaged files")
struct RefusalTests {
  @Test("real files of other formats are refused by name")
  func realFiles() throws {
    let expected = [
      "picture.avif": "an AVIF picture", "picture.gif": "a GIF", "picture.bmp": "a BMP picture",
      "picture.tiff": "a TIFF picture",
      "picture.jp2": "a JPEG 2000 picture", "picture.ppm": "a Netpbm picture", "picture.ico": "a Windows icon",
      "animated.png": "an animated PNG", "animated.webp": "an animated WebP",
    ]
    for (file, name) in expected {
      let url = Fixtures.folder.appending(path: "refused/\(file)")
      #expect(refusal { try Picture(contentsOf: url) } == name, "\(file)")
    }
  }

  @Test("heads of camera, phone and program formats are refused by name, whatever their ending")
  func heads() throws {
    func boxes(_ major: String, _ others: String = "") -> [UInt8] {
      [0, 0, 0, UInt8(16 + others.utf8.count)] + Array("ftyp\(major)\0\0\0\0\(others)".utf8)
    }
    /// A TIFF of one directory at offset 8 with the given entries (tag, type, count, value) and a text behind it.
    func tiff(_ entries: [(UInt16, UInt16, UInt32, UInt32)], text: String = "") -> [UInt8] {
      func little(_ value: UInt32, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
      let body = entries.flatMap { little(UInt32($0.0), 2) + little(UInt32($0.1), 2) + little($0.2, 4) + little($0.3, 4) }
      return [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0] + little(UInt32(entries.count), 2) + body + little(0, 4) + Array(text.utf8)
    }
    let nikon = tiff([(0x10F, 2, 6, 38), (0x14A, 4, 1, 0)], text: "NIKON\0")
    let sony = tiff([(0x10F, 2, 5, 38), (0x14A, 4, 1, 0)], text: "SONY\0")
    let cases: [(String, [UInt8], String)] = [
      ("a.heic", boxes("heic"), "a HEIC picture"), ("a.jpg", boxes("mif1", "heic"), "a HEIC picture"),
      ("a.png", boxes("mif1", "miafavif"), "an AVIF picture"), ("a.avifs", boxes("avis"), "an AVIF picture"),
      ("a.cr3", boxes("crx "), "a raw camera file (CR3, Canon)"), ("a.mp4", boxes("isom", "mp41"), "a video"),
      ("a.cr2", [0x49, 0x49, 0x2A, 0, 16, 0, 0, 0] + Array("CR\u{2}\0".utf8), "a raw camera file (CR2, Canon)"),
      ("a.dng", tiff([(0xC612, 1, 4, 1)]), "a raw camera file (DNG)"), ("a.nef", tiff([]), "a raw camera file (NEF)"),
      ("renamed.tif", nikon, "a raw camera file (NEF, Nikon)"), ("renamed.tif", sony, "a raw camera file (ARW, Sony)"),
      ("a.arw", tiff([]), "a raw camera file (ARW)"), ("a.tif", tiff([]), "a TIFF picture"),
      ("a.raf", Array("FUJIFILMCCD-RAW 0201".utf8), "a raw camera file (RAF, Fujifilm)"),
      ("a.orf", Array("IIRO".utf8), "a raw camera file (ORF, Olympus)"),
      ("a.rw2", [0x49, 0x49, 0x55, 0], "a raw camera file (RW2, Panasonic)"),
      ("a.psd", Array("8BPS".utf8), "a Photoshop document"),
      ("a.jxl", [0xFF, 0x0A, 0, 0], "a JPEG XL picture"),
      ("a.jxl", [0, 0, 0, 12] + Array("JXL \r\n".utf8), "a JPEG XL picture"),
      ("a.pdf", Array("%PDF-1.7".utf8), "a PDF document"),
    ]
    for (file, head, name) in cases {
      let error = #expect(throws: PicturesError.self) { try Picture(data: Data(head), named: file) }
      guard case .refusedFormat(_, let found, let advice) = error else {
        Issue.record("\(file) gave \(String(describing: error))")
        continue
      }
      #expect(found == name)
      #expect(advice.contains("export") || advice.contains("PNG"))
    }
  }

  @Test("what is no picture is said in one sentence")
  func noPicture() throws {
    for (bytes, words) in [
      (Data(), "it is empty"), (Data("hello, world\n".utf8), "it is text"),
      (Data("<!DOCTYPE html><html>".utf8), "it is a web page, perhaps a failed download"),
      (Data([0, 1, 2, 3, 200]), "it begins with the bytes 00 01 02 03"),
    ] {
      let error = PicturesError.unknownFormat(file: "x.png", found: words)
      #expect(throws: error) { try Picture(data: bytes, named: "x.png") }
      #expect("\(error)".hasPrefix("x.png is not a picture that can be read (\(words))"))
    }
    let folder = Fixtures.folder
    #expect(throws: PicturesError.unreadable(file: folder.path, reason: "it is a folder")) { try Picture(contentsOf: folder) }
    let missing = folder.appending(path: "missing.png")
    #expect(throws: PicturesError.unreadable(file: missing.path, reason: "there is no such file")) {
      try Picture(contentsOf: missing)
    }
  }

  @Test(
    "every prefix of a file throws or gives the whole picture",
    arguments: [
      "rgb.png", "interlaced.png", "palette-alpha.png", "p3.png", "chroma420.jpg", "progressive.jpg", "cmyk-adobe.jpg",
      "lossy.webp",
      "lossless.webp", "alpha-lossy.webp", "orientation6.jpg",
    ])
  func truncations(file: String) throws {
    let whole = try Data(contentsOf: Fixtures.folder.appending(path: "decoding/\(file)"))
    let picture = try Picture(data: whole)
    var refused = 0
    for count in 0..<whole.count {
      do {
        let read = try Picture(data: whole.prefix(count), named: file)
        #expect(read == picture, "\(file) cut at \(count) of \(whole.count) gave another picture")
      } catch let error as PicturesError {
        refused += 1
        #expect(!"\(error)".contains("\n"))
      }
    }
    #expect(refused >= whole.count - 12, "\(file): \(whole.count - refused) prefixes were read")
  }

  @Test("pictures beyond the limit are refused by their header")
  func bombs() throws {
    var png = try Data(contentsOf: Fixtures.folder.appending(path: "decoding/rgb.png"))
    png.replaceSubrange(16..<24, with: [0, 0x01, 0x86, 0xA0, 0, 0x01, 0x86, 0xA0])
    png.replaceSubrange(29..<33, with: Fixtures.checksum32(png[12..<29]))
    let size = PictureSize(width: 100_000, height: 100_000)
    #expect(throws: PicturesError.tooManyPixels(file: "b.png", size: size, limit: 200_000_000)) {
      try Picture(data: png, named: "b.png")
    }
    var jpeg = try Data(contentsOf: Fixtures.folder.appending(path: "decoding/chroma420.jpg"))
    let frame = try #require(jpeg.range(of: Data([0xFF, 0xC0]))).lowerBound
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0xDC, 0xFF, 0xDC])
    let huge = PictureSize(width: 65500, height: 65500)
    #expect(throws: PicturesError.tooManyPixels(file: "b.jpg", size: huge, limit: 200_000_000)) {
      try Picture(data: jpeg, named: "b.jpg")
    }
    for file in ["rgb.png", "chroma420.jpg", "lossy.webp"] {
      let url = Fixtures.folder.appending(path: "decoding/\(file)")
      let limited = PicturesError.tooManyPixels(file: file, size: PictureSize(width: 20, height: 13), limit: 259)
      #expect(throws: limited) { try Picture(contentsOf: url, pixelLimit: 259) }
      #expect(try Picture(contentsOf: url, pixelLimit: 260).width == 20)
    }
  }

  private func refusal(_ read: () throws -> Picture) -> String? {
    do {
      _ = try read()
      return nil
    } catch PicturesError.refusedFormat(_, let format, _) {
      return format
    } catch {
      return "\(error)"
    }
  }
}
