#include "report/refusals.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <span>
#include <utility>

#include "report/shared_text.h"

namespace report {
namespace {

constexpr std::string_view cut_off = "…";

// A text in a fixed room.
template <std::size_t room>
class FixedText {
public:
    void set(std::string_view text) noexcept {
        const bool fits = text.size() <= room;
        const std::string_view kept = fits ? text : beginning_of(text, room - cut_off.size());
        char* end = std::ranges::copy(kept, bytes_.begin()).out;
        if (!fits) end = std::ranges::copy(cut_off, end).out;
        length_ = static_cast<std::uint8_t>(end - bytes_.begin());
    }
    std::string text() const { return {bytes_.data(), std::min<std::size_t>(length_, room)}; }

private:
    static_assert(room < 256);
    std::uint8_t length_;
    std::array<char, room> bytes_;
};

struct PackedRefusal {
    std::int64_t time;
    std::int32_t status;
    bool is_known;
    FixedText<35> id;
    FixedText<47> reason;
    FixedText<127> resource, issuer;
    FixedText<95> subject, client, name, missing;
    FixedText<47> address, method;
    FixedText<23> http_method, limit;
};
using Packed = RefusalRing<2>::Packed;
static_assert(sizeof(PackedRefusal) <= sizeof(Packed) && sizeof(Packed) < sizeof(PackedRefusal) + 64);
static_assert(std::is_trivially_copyable_v<PackedRefusal>);

Packed pack(const Refusal& refusal) noexcept {
    PackedRefusal packed{};
    packed.time = refusal.time.count();
    packed.status = refusal.status;
    packed.is_known = refusal.is_known;
    packed.id.set(refusal.id);
    packed.reason.set(refusal.reason);
    packed.resource.set(refusal.resource);
    packed.issuer.set(refusal.issuer);
    packed.subject.set(refusal.subject);
    packed.client.set(refusal.client);
    packed.address.set(refusal.address);
    packed.http_method.set(refusal.http_method);
    packed.method.set(refusal.method);
    packed.name.set(refusal.name);
    packed.missing.set(refusal.missing);
    packed.limit.set(refusal.limit);
    Packed content{};
    std::memcpy(content.data(), &packed, sizeof(packed));
    return content;
}

Refusal unpack(const Packed& words) {
    PackedRefusal packed{};
    std::memcpy(&packed, words.data(), sizeof(packed));
    return {.time = std::chrono::milliseconds(packed.time),
            .status = packed.status,
            .id = packed.id.text(),
            .reason = packed.reason.text(),
            .resource = packed.resource.text(),
            .issuer = packed.issuer.text(),
            .subject = packed.subject.text(),
            .client = packed.client.text(),
            .address = packed.address.text(),
            .missing = packed.missing.text(),
            .limit = packed.limit.text(),
            .http_method = packed.http_method.text(),
            .method = packed.method.text(),
            .name = packed.name.text(),
            .is_known = packed.is_known};
}

}  // namespace

Refusal refusal_of(const mcp::Observation& observation) {
    Refusal refusal{.time = observation.begin,
                    .status = observation.status,
                    .id = std::string(observation.decision_id),
                    .reason = std::string(observation.reason),
                    .resource = std::string(observation.resource),
                    .issuer = observation.issuer.value_or(""),
                    .subject = observation.subject.value_or(""),
                    .client = observation.client.value_or(""),
                    .address = std::string(observation.address),
                    .missing = observation.missing.value_or(""),
                    .limit = std::string(observation.limit),
                    .http_method = std::string(observation.http_method),
                    .is_known = observation.issuer || observation.subject || observation.client};
    if (!observation.operations.empty()) {
        refusal.method = observation.operations.front().method;
        refusal.name = mcp::shown_name(observation.operations.front());
    }
    return refusal;
}

template <std::size_t slots>
void RefusalRing<slots>::add(const Refusal& refusal) noexcept {
    const Packed content = pack(refusal);
    const std::uint64_t number = next_.fetch_add(1, std::memory_order_relaxed);
    Slot& slot = slots_[number % slots];
    slot.state.store(2 * number + 1, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    for (std::size_t i = 0; i < content.size(); i++)
        slot.content[i].store(content[i], std::memory_order_relaxed);
    slot.checksum.store(checksum_of(content, number), std::memory_order_relaxed);
    slot.state.store(2 * number + 2, std::memory_order_release);
}

template <std::size_t slots>
std::optional<Refusal> RefusalRing<slots>::read(const Slot& slot, std::uint64_t number) const {
    const std::uint64_t complete = 2 * number + 2;
    if (slot.state.load(std::memory_order_acquire) != complete) return std::nullopt;
    Packed content{};
    for (std::size_t i = 0; i < content.size(); i++)
        content[i] = slot.content[i].load(std::memory_order_relaxed);
    const std::uint64_t checksum = slot.checksum.load(std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_acquire);
    if (slot.state.load(std::memory_order_relaxed) != complete || checksum != checksum_of(content, number))
        return std::nullopt;
    return unpack(content);
}

template <std::size_t slots>
std::vector<Refusal> RefusalRing<slots>::newest() const {
    const std::uint64_t end = next_.load(std::memory_order_acquire);
    std::vector<Refusal> found;
    for (std::uint64_t number = end; number > 0 && number + slots > end; number--)
        if (auto refusal = read(slots_[(number - 1) % slots], number - 1)) found.push_back(std::move(*refusal));
    return found;
}

std::vector<Refusal> Refusals::newest() const {
    std::vector<Refusal> all = known_.newest();
    std::ranges::move(unknown_.newest(), std::back_inserter(all));
    std::ranges::stable_sort(all, std::greater{}, &Refusal::time);
    return all;
}

template class RefusalRing<2>;
template class RefusalRing<Refusals::known_slots>;
template class RefusalRing<Refusals::unknown_slots>;

}  // namespace report
