# A full zone drops the least recently used tokens, fails no request, and says so once a minute at most.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
my $claims = 'x' x 1000;
$as->answer('/introspect', body => qq({"active":true,"x":"$claims"}));
$as->answer('/large', body => '{"active":true,"x":"' . 'x' x 60_000 . '"}');
my $as_port = $as->port;
my $nginx = run_nginx(<<"CONF");
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_oauth2_token_introspect on;
        location /      { auth_oauth2_token_introspect_endpoint /_as/introspect; auth_oauth2_token_introspect_cache zone=small:64k; %%OK%% }
        location /large { auth_oauth2_token_introspect_endpoint /_as/large; auth_oauth2_token_introspect_cache zone=small:64k; %%OK%% }
        location /_as/  { internal; proxy_pass http://127.0.0.1:$as_port/; }
    }
CONF

sub asked () { return scalar(() = $as->requests('/introspect')) }
sub passes ($token) { return $nginx->get('/ok', token => $token)->status == 200 }

my $failed = 0;
for my $number (1 .. 150) {
    passes("token-number-$number") or $failed++;
    passes('token-in-constant-use') or $failed++;
}
is $failed, 0, 'no request fails while the zone overflows';
is asked(), 151, 'each token was asked about once';
passes('token-in-constant-use');
is asked(), 151, 'a token in constant use stays';
passes('token-number-150');
is asked(), 151, 'and so does the last one';
passes('token-number-1');
is asked(), 152, 'one that nobody used for long is asked about again';
my @lines = grep { /cache zone "small"/ } split /\n/, $nginx->log;
is @lines, 1, 'one line in the log';
like $lines[0], qr/\[warn\].*cache zone "small" is full: the least recently used entries make room/, 'it names the zone';

is $nginx->get('/large', token => 'token-with-a-large-answer')->status, 200, 'an answer too large for the zone passes, too' for 1 .. 2;
passes('token-number-150');
is asked(), 152, 'and drives nobody out';

finish();
