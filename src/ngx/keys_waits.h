// The requests that wait for keys of one issuer.
#pragma once

#include "ngx/issuer_keys.h"

namespace ngx {

class KeysWaits {
public:
    KeysWaits() noexcept = default;
    KeysWaits(const KeysWaits&) = delete;
    KeysWaits& operator=(const KeysWaits&) = delete;
    ~KeysWaits();

    bool empty() const noexcept { return first_ == nullptr; }
    void add(KeysWait& wait, ngx_msec_t limit, KeysWait::Done done, void* context) noexcept;
    void call_all() noexcept;  // each may destroy others and add new ones, which are not called

private:
    KeysWait* first_ = nullptr;
};

}  // namespace ngx
