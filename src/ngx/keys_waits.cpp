#include "ngx/keys_waits.h"

#include <utility>

namespace ngx {

void KeysWait::end() noexcept {
    if (timeout_.timer_set) ngx_del_timer(&timeout_);
    if (link_ == nullptr) return;
    *link_ = next_;
    if (next_ != nullptr) next_->link_ = link_;
    link_ = nullptr;
}

void KeysWait::done() noexcept {
    end();
    done_(context_);
}

void KeysWait::on_timeout(ngx_event_t* event) noexcept {
    static_cast<KeysWait*>(event->data)->done();
}

KeysWaits::~KeysWaits() {
    while (first_ != nullptr)
        first_->end();
}

void KeysWaits::add(KeysWait& wait, ngx_msec_t limit, KeysWait::Done done, void* context) noexcept {
    wait.end();
    wait.done_ = done;
    wait.context_ = context;
    wait.timeout_.data = &wait;
    wait.timeout_.handler = KeysWait::on_timeout;
    wait.timeout_.log = ngx_cycle->log;
    ngx_add_timer(&wait.timeout_, limit);

    wait.next_ = first_;
    wait.link_ = &first_;
    if (first_ != nullptr) first_->link_ = &wait.next_;
    first_ = &wait;
}

void KeysWaits::call_all() noexcept {
    KeysWait* called = std::exchange(first_, nullptr);
    if (called != nullptr) called->link_ = &called;
    while (called != nullptr)
        called->done();  // which moves `called` on, as may the end of any other
}

}  // namespace ngx
