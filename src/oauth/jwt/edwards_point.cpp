#include "oauth/jwt/edwards_point.h"

#include <string>

#include "base/openssl.h"

namespace oauth::jwt {
namespace {

using base::openssl::Bignum;

// a x^2 + y^2 = 1 + d x^2 y^2 over the integers modulo p (RFC 8032 section 5.1 and 5.2).
struct Parameters {
    std::size_t encoded_size;
    const char* a;
    const char* p;
    const char* d;
};

constexpr Parameters ed25519{32, "-1", "7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFED",
                             "52036CEE2B6FFE738CC740797779E89800700A4D4141D8AB75EB4DCA135978A3"};
constexpr Parameters ed448{57, "1",
                           "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFE"
                           "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
                           "-98A9"};  // -39081

Bignum from_hex(const char* hex) {
    BIGNUM* number = nullptr;
    BN_hex2bn(&number, hex);
    return Bignum(number);
}

// Integers modulo p. A null number stands for an operation that failed, and everything made of it fails too.
class Field {
public:
    explicit Field(const char* p) : p_(from_hex(p)), context_(BN_CTX_new()) {}

    Bignum multiply(const Bignum& a, const Bignum& b) const { return apply(BN_mod_mul, a, b); }
    Bignum subtract(const Bignum& a, const Bignum& b) const { return apply(BN_mod_sub, a, b); }
    bool contains(const Bignum& a) const { return a && p_ && BN_cmp(a.get(), p_.get()) < 0; }
    bool is_nonzero_square(const Bignum& a) const { return a && BN_kronecker(a.get(), p_.get(), context_.get()) == 1; }

private:
    template <class Operation>
    Bignum apply(Operation operation, const Bignum& a, const Bignum& b) const {
        Bignum result(BN_new());
        if (!a || !b || !p_ || !context_ || !result ||
            operation(result.get(), a.get(), b.get(), p_.get(), context_.get()) != 1)
            return nullptr;
        return result;
    }

    Bignum p_;
    std::unique_ptr<BN_CTX, base::openssl::Deleter<BN_CTX_free>> context_;
};

// The y coordinate: little endian, with the sign of x in the highest bit.
Bignum decode_y(std::string_view encoded) {
    std::string bytes(encoded);
    bytes.back() = static_cast<char>(bytes.back() & 0x7F);
    return Bignum(
        BN_lebin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr));
}

bool differ(const Bignum& a, const Bignum& b) {
    return a && b && BN_cmp(a.get(), b.get()) != 0;
}

}  // namespace

bool is_usable_point(EdwardsCurve curve, std::string_view encoded) {
    const Parameters& parameters = curve == EdwardsCurve::ed25519 ? ed25519 : ed448;
    if (encoded.size() != parameters.encoded_size) return false;
    const Field field(parameters.p);
    const Bignum y = decode_y(encoded);
    if (!field.contains(y)) return false;

    // x^2 = numerator / denominator has a solution when numerator * denominator is a square. Zero is left out: those
    // are the points of order 1 and 2, where y^2 = 1.
    const Bignum y2 = field.multiply(y, y);
    const Bignum a = from_hex(parameters.a);
    const Bignum numerator = field.subtract(from_hex("1"), y2);
    const Bignum denominator = field.subtract(a, field.multiply(from_hex(parameters.d), y2));
    if (!field.is_nonzero_square(field.multiply(numerator, denominator))) return false;

    // Points of order 4 have y = 0. Those of order 8 double to one of them, which they do when y^2 = a x^2.
    return BN_is_zero(y.get()) == 0 && differ(field.multiply(y2, denominator), field.multiply(a, numerator));
}

}  // namespace oauth::jwt
