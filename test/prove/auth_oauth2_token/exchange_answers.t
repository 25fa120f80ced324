# An exchange that fails: 502 when it was refused, 503 when the server is at fault, and never a request to the backend.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
my $as_port = $as->port;
$as->answer('/introspect', body => '{"active":true}');
my $nginx = run_nginx(<<"CONF");
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    server {
        listen 127.0.0.1:%%PORT%%;
        proxy_read_timeout 300ms;
        auth_oauth2_token_token_endpoint /_as/token;
        auth_oauth2_token_introspect_endpoint /_as/introspect;
        location /only   { auth_oauth2_token_exchange on; proxy_pass http://127.0.0.1:$as_port/backend; }
        location /both   { auth_oauth2_token_exchange on; auth_oauth2_token_introspect on; proxy_pass http://127.0.0.1:$as_port/backend; }
        location /down   { auth_oauth2_token_exchange on; auth_oauth2_token_token_endpoint /_down; proxy_pass http://127.0.0.1:$as_port/backend; }
        location /plain  { %%OK%% }
        location /_as/   { internal; proxy_pass http://127.0.0.1:$as_port/; }
        location = /_down { internal; proxy_pass http://127.0.0.1:%%PORT_NOBODY%%; }
    }
CONF
$nginx->passes_after('/plain');
my $number = 0;

sub fails ($name, $status, $reason, $answer = undef, @paths) {
    $as->answer('/token', ref $answer ? %$answer : (body => $answer)) if defined $answer;
    for my $path (@paths ? @paths : qw(/only /both)) {
        my $token = 'subject-token-' . ++$number;
        $nginx->refuses("$name: $status ($path)", path => $path, token => $token, status => $status, reason => qr/auth_oauth2_token: $reason:/);
        my $retry = $nginx->get($path, token => $token)->header('Retry-After') // '';
        is $retry, $status == 503 ? ($name =~ /Retry-After: (\d+)/ ? $1 : 5) : '', "$name: Retry-After";
    }
    return;
}

fails('invalid_target',         502, 'exchange_refused', { status => 400, body => '{"error":"invalid_target"}' });
fails('invalid_grant',          502, 'exchange_refused', { status => 400, body => '{"error":"invalid_grant"}' });
fails('400 without a reason',   502, 'exchange_refused', { status => 400 });
fails('403',                    502, 'exchange_refused', { status => 403, body => '{"error":"access_denied"}' });
fails('401',                    503, 'server_refuses_client', { status => 401, body => '{"error":"invalid_client"}' });
fails('400 invalid_client',     503, 'server_refuses_client', { status => 400, body => '{"error":"invalid_client"}' });
fails('a redirect',             503, 'server_redirects', { status => 302, headers => [['Location', '/x']] });
fails('204',                    503, 'server_status_unexpected', { status => 204 });
fails('500',                    503, 'server_failed', { status => 500, body => '{"access_token":"new","token_type":"Bearer"}' });
fails('429, Retry-After: 7',    503, 'server_limits_rate', { status => 429, headers => [['Retry-After', '7']] });
fails('no answer',              503, 'server_unreachable', { hang => 1 });
fails('half an answer',         503, 'server_unreachable', { body => 'x' x 1000, reset => 300 });
fails('nobody listens',         503, 'server_unreachable', undef, '/down');
fails('gzip',                   503, 'answer_compressed', { body => '{"access_token":"new","token_type":"Bearer"}', gzip => 1 });
fails('10 MB',                  503, 'document_too_large', { size => 10_000_000 });
fails('HTML',                   503, 'document_not_json', '<html></html>');
fails('cut JSON',               503, 'document_not_json', '{"access_token":"new","token_type":"Bearer"');
fails('duplicate members',      503, 'document_duplicate_member', '{"access_token":"a","access_token":"b","token_type":"Bearer"}');
fails('no token',               503, 'exchange_answer_invalid', '{"token_type":"Bearer"}');
fails('an empty token',         503, 'exchange_answer_invalid', '{"access_token":"","token_type":"Bearer"}');
fails('a token that is a list', 503, 'exchange_answer_invalid', '{"access_token":["new"],"token_type":"Bearer"}');
fails('a line break in it',     503, 'exchange_answer_invalid', '{"access_token":"a\r\nX-Admin: 1","token_type":"Bearer"}');
fails('a space in it',          503, 'exchange_answer_invalid', '{"access_token":"a b","token_type":"Bearer"}');
fails('no type',                503, 'exchange_answer_invalid', '{"access_token":"new"}');
fails('another type',           503, 'exchange_answer_invalid', '{"access_token":"new","token_type":"DPoP"}');
fails('an ID token',            503, 'exchange_answer_invalid', '{"access_token":"new","token_type":"Bearer","issued_token_type":"urn:ietf:params:oauth:token-type:id_token"}');
fails('expires_in: -1',         503, 'exchange_answer_invalid', '{"access_token":"new","token_type":"Bearer","expires_in":-1}');
fails('expires_in: 1e400',      503, 'document_number_too_large', '{"access_token":"new","token_type":"Bearer","expires_in":1e400}');

# The server hands back what it got: that is no exchange.
$as->answer('/token', body => '{"access_token":"token-of-the-client","token_type":"Bearer"}');
$nginx->refuses("the client's own token: 503", path => '/only', token => 'token-of-the-client', status => 503, reason => qr/exchange_answer_invalid/);

# Introspection decides first.
$as->answer('/token', body => '{"access_token":"new","token_type":"Bearer"}');
$as->answer('/introspect', body => '{"active":false}');
my $before = () = $as->requests('/token');
$nginx->refuses('an inactive token: 401', path => '/both', token => 'inactive-token', reason => qr/token_inactive/);
is scalar(() = $as->requests('/token')), $before, 'it is not exchanged';
is scalar(() = $as->requests('/backend')), 0, 'no request got to the backend';

finish();
