# Which answers make a token active: only a 200 with a JSON object whose "active" is the boolean true, with claims of the
# right types, in time (SPEC 85-87). A definitive no is a 401. Anything else is the authorization server's fault: 503, a
# line in the log that names the cause, and a Retry-After.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
my $as_port = $as->port;
my $nginx = run_nginx(<<"CONF");
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret-of-the-gateway;
    server {
        listen 127.0.0.1:%%PORT%%;
        proxy_connect_timeout 300ms;
        proxy_read_timeout 300ms;
        auth_oauth2_token_introspect_endpoint /_introspect;
        location /mcp   { auth_oauth2_token_introspect on; %%OK%% }
        location /early { auth_oauth2_token_introspect on; auth_oauth2_token_phase preaccess; %%OK%% }
        location /plain { %%OK%% }
        location /down  { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_down; %%OK%% }
        location /absent { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /nowhere; %%OK%% }
        location = /_introspect { internal; proxy_pass http://127.0.0.1:$as_port/introspect; }
        location = /_down { internal; proxy_pass http://127.0.0.1:%%PORT_NOBODY%%; }
        location = /nowhere { internal; return 404; }
    }
CONF
$nginx->passes_after('/plain');
$nginx->keep_out_of_log('secret-of-the-gateway');
my $number = 0;

sub answer ($answer) { return $as->answer('/introspect', ref $answer ? %$answer : (body => $answer)) }
sub token () { return 'opaque-token-' . ++$number }

sub refused ($name, $answer, $reason) {
    answer($answer);
    return $nginx->refuses("$name: 401", path => '/mcp', token => token(), reason => qr/auth_oauth2_token: $reason:/,
        challenge => qr/\ABearer error="invalid_token"\z/);
}

sub unavailable ($name, $answer, $reason, $retry_after = 5, $path = '/mcp') {
    answer($answer) if $answer;
    my $token = token();
    is $nginx->get($path, token => $token)->header('Retry-After'), $retry_after, "$name: Retry-After";
    return $nginx->refuses("$name: 503", path => $path, token => $token, status => 503, reason => qr/auth_oauth2_token: $reason:/);
}

sub passes ($name, $answer) {
    answer($answer);
    is $nginx->get($_, token => token())->status, 200, "$name: passes ($_)" for qw(/mcp /early);
    return;
}

my ($past, $future) = (time - 1, time + 1000);
passes('active', '{"active":true}');
passes('all claims', qq({"active":true,"sub":"a","scope":"x y","aud":["a","b"],"iss":"i","client_id":"c","exp":$future,"nbf":1,"iat":1}));
passes('another content type', { body => '{"active":true}', headers => [['Content-Type', 'text/plain']] });
passes('exp far away', '{"active":true,"exp":253402300799}');

refused('active: false', '{"active":false}', 'token_inactive');
refused('active: false with claims', qq({"active":false,"sub":"a","exp":$future}), 'token_inactive');
refused('exp in the past', qq({"active":true,"exp":$past}), 'expired');
refused('exp 0', '{"active":true,"exp":0}', 'expired');
refused('nbf in the future', qq({"active":true,"nbf":$future}), 'not_yet_valid');
refused('a JWT that the server does not introspect', { status => 400, body => '{"error":"unsupported_token_type"}' }, 'token_kind_refused');

unavailable('HTML', { body => '<html>active</html>', headers => [['Content-Type', 'text/html']] }, 'document_not_json');
unavailable('an empty answer', '', 'document_not_json');
unavailable('truncated JSON', '{"active":true,"sub":"al', 'document_not_json');
unavailable('junk behind JSON', '{"active":true}}', 'document_not_json');
unavailable('active: "true"', '{"active":"true"}', 'answer_without_active');
unavailable('active: 1', '{"active":1}', 'answer_without_active');
unavailable('active: null', '{"active":null}', 'answer_without_active');
unavailable('no active', '{"sub":"alice"}', 'answer_without_active');
unavailable('a list', '[{"active":true}]', 'answer_without_active');
unavailable('duplicate members', '{"active":true,"active":true}', 'document_duplicate_member');
unavailable('exp 1e400', '{"active":true,"exp":1e400}', 'document_not_json');
unavailable('exp 1e300', '{"active":true,"exp":1e300}', 'answer_claim_invalid');
unavailable('exp a string', '{"active":true,"exp":"4000000000"}', 'answer_claim_invalid');
unavailable('aud a number', '{"active":true,"aud":1}', 'answer_claim_invalid');
unavailable('aud with a number', '{"active":true,"aud":["a",1]}', 'answer_claim_invalid');
unavailable('scope an array', '{"active":true,"scope":["mcp:read"]}', 'answer_claim_invalid');
unavailable('sub a number', '{"active":true,"sub":1}', 'answer_claim_invalid');

my $active = '{"active":true}';
unavailable('204', { status => 204 }, 'server_status_unexpected');
unavailable('201 with an answer', { status => 201, body => $active }, 'server_status_unexpected');
unavailable('302', { status => 302, body => $active, headers => [['Location', "http://127.0.0.1:$as_port/other"]] }, 'server_redirects');
unavailable('400', { status => 400, body => '{"error":"invalid_request"}' }, 'server_refuses_request');
unavailable('400 invalid_client', { status => 400, body => '{"error":"invalid_client"}' }, 'server_refuses_client');
unavailable('401', { status => 401, body => '{"error":"invalid_client"}' }, 'server_refuses_client');
unavailable('403', { status => 403, body => $active }, 'server_refuses_client');
unavailable('404', { status => 404, body => $active }, 'server_status_unexpected');
unavailable('500', { status => 500, body => $active }, 'server_failed');
unavailable('503', { status => 503, body => $active }, 'server_failed');
unavailable('429', { status => 429, body => $active }, 'server_limits_rate');
unavailable('429 with Retry-After', { status => 429, headers => [['Retry-After', '17']] }, 'server_limits_rate', 17);
unavailable('503 with Retry-After', { status => 503, headers => [['Retry-After', '120']] }, 'server_failed', 120);
unavailable('429 with an endless Retry-After', { status => 429, headers => [['Retry-After', '999999999999']] }, 'server_limits_rate', 86400);
unavailable('429 with nonsense', { status => 429, headers => [['Retry-After', 'soon']] }, 'server_limits_rate');
unavailable('500 with Retry-After', { status => 500, headers => [['Retry-After', '17']] }, 'server_failed');

my $padding = 'x' x (64 * 1024 - length '{"active":true,"x":""}');
passes('64 KB', qq({"active":true,"x":"$padding"}));
unavailable('64 KB and a byte', qq({"active":true,"x":"x$padding"}), 'document_too_large');
unavailable('10 MB', { size => 10_000_000 }, 'document_too_large');
unavailable('gzip', { body => $active, gzip => 1 }, 'answer_compressed');
unavailable('a reset before the answer', { body => $active, reset => 0 }, 'server_unreachable');
unavailable('half an answer, then a reset', { body => qq({"active":true,"x":"$padding"}), reset => 1000 }, 'server_unreachable');
unavailable('accepted, and then nothing', { hang => 1 }, 'server_unreachable');
unavailable('an answer that comes too late', { body => $active, delay => 1 }, 'server_unreachable');
unavailable('nobody listens', undef, 'server_unreachable', 5, '/down');
unavailable('the location says 404', undef, 'server_status_unexpected', 5, '/absent');

answer({ status => 500 });
$nginx->refuses('no credentials: nobody is asked', path => '/mcp', reason => qr/credentials_missing/, challenge => qr/\ABearer\z/);
passes('and it gets well by itself', '{"active":true}');

finish();
