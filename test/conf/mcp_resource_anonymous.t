# What nginx -t says where methods need no token: lists that let no client begin, patterns that open more than they say or
# nothing, and the limit on what strangers can make a worker hold.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../prove/lib";
use TestNginx;

my %files    = ('good.json' => jwks('p256'));
my $complete = 'mcp_resource https://mcp.example.com/mcp; mcp_authorization_server https://as.example.com; mcp_jwks good.json;';

sub check ($name, $conf, $passes, @messages) {
    my ($passed, @lines) = nginx_t($conf, \%files);
    return is_deeply [$passed ? 'passes' : 'fails', @lines], [$passes, @messages], $name;
}
sub in_location ($text)            { return "server { listen 127.0.0.1:%%PORT%%; location /mcp { $text } }" }
sub emerg ($directive, $message)   { return qq([emerg] "$directive" directive: $message) }
sub warning ($directive, $message) { return qq([warn] "$directive" directive: $message) }
sub with ($text)                   { return in_location("$complete $text;") }
sub warns ($text, $message)        { return check($text, with($text), 'passes', warning('mcp_allow_anonymous', $message)) }
sub fine ($text)                   { return check("fine: $text", with($text), 'passes') }

# --- where clients begin without a token ----------------------------------------------------------------------------------

my @whole = qw(initialize notifications/initialized ping tools/list server/discover subscriptions/listen);
sub incomplete ($text, @missing) { return warns($text, "clients that begin without a token also send " . join(', ', map { qq("$_") } @missing) . ' by themselves, and log in or give up where that is refused; add it') }
fine("mcp_allow_anonymous @whole");
fine('mcp_allow_anonymous initialize notifications/* server/* subscriptions/*');
fine('mcp_allow_anonymous ping tools/list');
for my $missing (qw(initialize notifications/initialized server/discover subscriptions/listen)) {
    incomplete('mcp_allow_anonymous ' . join(' ', grep { $_ ne $missing } @whole), $missing);
}
incomplete('mcp_allow_anonymous initialize', qw(notifications/initialized server/discover subscriptions/listen));
incomplete('mcp_protocol_versions 2025-11-25; mcp_allow_anonymous initialize', 'notifications/initialized');
incomplete('mcp_protocol_versions 2026-07-28; mcp_allow_anonymous server/discover', 'subscriptions/listen');
fine('mcp_protocol_versions 2025-11-25; mcp_allow_anonymous initialize notifications/initialized');
fine('mcp_protocol_versions 2026-07-28; mcp_allow_anonymous server/discover subscriptions/listen');
warns('mcp_protocol_versions 2026-07-28; mcp_allow_anonymous initialize server/discover subscriptions/listen', '"initialize" is of revisions that "mcp_protocol_versions" excludes here');
warns('mcp_protocol_versions 2025-11-25; mcp_allow_anonymous initialize notifications/initialized server/discover', '"server/discover" is of revisions that "mcp_protocol_versions" excludes here');

# --- patterns: one that opens more than lists says which, and one that a rule closes as a whole says that it does nothing --

sub wide ($text, $pattern, @open) { return warns($text, qq("$pattern" also lets everybody use ) . join(', ', map { qq("$_") } @open) . ' without a token; name the methods that are meant, or demand a scope for these by "mcp_scope"') }
sub vain ($text, $pattern) { return check($text, with($text), 'passes', warning('mcp_allow_anonymous', qq("$pattern" has no effect: an "mcp_scope" with a selector demands a scope for all of it, and thereby a token; leave one of the two out))) }
wide("mcp_allow_anonymous $_", $_, 'tools/call') for qw(tools/* to*/* tools/c?ll to?ls/????);
wide('mcp_allow_anonymous resources/*', 'resources/*', qw(resources/read resources/subscribe resources/unsubscribe));
wide('mcp_allow_anonymous *s/get', '*s/get', qw(prompts/get tasks/get));
wide('mcp_allow_anonymous tasks/*', 'tasks/*', qw(tasks/cancel tasks/get tasks/result tasks/update));
wide('mcp_scope w tool=write_*; mcp_allow_anonymous tools/*', 'tools/*', 'tools/call');
wide('mcp_scope w tool=?; mcp_allow_anonymous tools/*', 'tools/*', 'tools/call');
wide('mcp_scope w method=tools/list; mcp_allow_anonymous tools/*', 'tools/*', 'tools/call');
fine("mcp_scope w $_; mcp_allow_anonymous tools/*") for qw(tool=* method=tools/call method=tools/c*), 'method=tools/call tool=*';
fine("mcp_allow_anonymous $_") for qw(tools/list tools/call tools/l* p?ng notifications/progress*), 'ping tools/call';
vain('mcp_scope x method=tools/list; mcp_allow_anonymous tools/list', 'tools/list');
vain('mcp_scope x method=tools/*; mcp_allow_anonymous ping tools/list', 'tools/list');
vain('mcp_scope x tool=*; mcp_allow_anonymous ping tools/call', 'tools/call');
vain('mcp_scope x method=tools/*; mcp_allow_anonymous tools/*', 'tools/*');
vain('mcp_scope x method=*; mcp_allow_anonymous ping', 'ping');
fine('mcp_scope x; mcp_allow_anonymous ping');
fine('mcp_scope x tool=drop; mcp_allow_anonymous tools/call');
check('a location inside that closes what the one around opens', in_location("$complete mcp_allow_anonymous ping; location /mcp/in { mcp_scope x method=ping; }"), 'passes',
    warning('mcp_allow_anonymous', '"ping" has no effect: an "mcp_scope" with a selector demands a scope for all of it, and thereby a token; leave one of the two out'));

# --- what strangers can make a worker hold ---------------------------------------------------------------------------------

my $protected = with('mcp_leeway 1s');
check("mcp_max_anonymous_bodies $_", "mcp_max_anonymous_bodies $_; $protected", 'fails', emerg('mcp_max_anonymous_bodies', qq(invalid size "$_", it must be between 64k and 1024m))) for '0', '63k', '1025m', '2g', 'x', '-1';
check('mcp_max_anonymous_bodies without effect', "mcp_max_anonymous_bodies 64k; $protected", 'passes', warning('mcp_max_anonymous_bodies', 'no location has "mcp_allow_anonymous" or "mcp_observe": nobody reads a body before its token is verified'));
check('mcp_max_anonymous_bodies where refusals are observed', "mcp_max_anonymous_bodies 64k; mcp_observe on; $protected", 'passes');
check('fine: mcp_max_anonymous_bodies', 'mcp_max_anonymous_bodies 64k; ' . with('mcp_allow_anonymous ping'), 'passes');
sub large ($pool, $body) { return "$pool " . with("mcp_max_body_size $body; mcp_allow_anonymous ping") }
sub needs_a_token ($bytes) { return warning('mcp_max_body_size', qq(a location with "mcp_allow_anonymous" reads larger bodies than $bytes bytes, a quarter of "mcp_max_anonymous_bodies"; those need a token)) }
check('a body above a quarter of the default', large('', '1025k'), 'passes', needs_a_token(1048576));
check('a body above a quarter of what there is', large('mcp_max_anonymous_bodies 8m;', '3m'), 'passes', needs_a_token(2097152));
check('fine: a body of a quarter', large('mcp_max_anonymous_bodies 8m;', '2m'), 'passes');
check('fine: the default of both', large('', '1m'), 'passes');
check('fine: where all need a token', with('mcp_max_body_size 3m; mcp_scope x tool=y'), 'passes');
check('mcp_max_anonymous_bodies twice', "mcp_max_anonymous_bodies 1m; mcp_max_anonymous_bodies 2m; $protected", 'fails', '[emerg] "mcp_max_anonymous_bodies" directive is duplicate');

finish();
