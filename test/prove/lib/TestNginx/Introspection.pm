package TestNginx::Introspection;

# What a faulty authorization server, or one under attack, answers to a question about a token (RFC 7662). None of it is
# about the token: whoever asked has to answer 503 and to name the cause in the log.

use v5.36;
use parent 'Exporter';

our @EXPORT = qw(faulty_answers);

my $active  = '{"active":true}';
my $padding = 'x' x (64 * 1024 - length '{"active":true,"x":""}');

# The largest answer that is read: 64 KB.
sub largest_answer () { return qq({"active":true,"x":"$padding"}) }

# Rows of: name, answer of TestNginx::Origin or a body, name of the oauth::Error, Retry-After unless it is 5.
sub faulty_answers ($elsewhere) {
    return (
        ['HTML', { body => '<html>active</html>', headers => [['Content-Type', 'text/html']] }, 'document_not_json'],
        ['an empty answer', '', 'document_not_json'],
        ['truncated JSON', '{"active":true,"sub":"al', 'document_not_json'],
        ['junk behind JSON', '{"active":true}}', 'document_not_json'],
        ['active: "true"', '{"active":"true"}', 'answer_without_active'],
        ['active: 1', '{"active":1}', 'answer_without_active'],
        ['active: null', '{"active":null}', 'answer_without_active'],
        ['no active', '{"sub":"alice"}', 'answer_without_active'],
        ['a list', '[{"active":true}]', 'answer_without_active'],
        ['duplicate members', '{"active":true,"active":true}', 'document_duplicate_member'],
        ['exp 1e400', '{"active":true,"exp":1e400}', 'answer_claim_invalid'],
        ['exp 1e300', '{"active":true,"exp":1e300}', 'answer_claim_invalid'],
        ['exp a string', '{"active":true,"exp":"4000000000"}', 'answer_claim_invalid'],
        ['aud a number', '{"active":true,"aud":1}', 'answer_claim_invalid'],
        ['aud with a number', '{"active":true,"aud":["a",1]}', 'answer_claim_invalid'],
        ['scope an array of other things', '{"active":true,"scope":["mcp:read",1]}', 'answer_claim_invalid'],
        ['sub a number', '{"active":true,"sub":1}', 'answer_claim_invalid'],
        ['204', { status => 204 }, 'server_status_unexpected'],
        ['201 with an answer', { status => 201, body => $active }, 'server_status_unexpected'],
        ['302', { status => 302, body => $active, headers => [['Location', $elsewhere]] }, 'server_redirects'],
        ['400', { status => 400, body => '{"error":"invalid_request"}' }, 'server_refuses_request'],
        ['400 invalid_client', { status => 400, body => '{"error":"invalid_client"}' }, 'server_refuses_client'],
        ['401', { status => 401, body => '{"error":"invalid_client"}' }, 'server_refuses_client'],
        ['403', { status => 403, body => $active }, 'server_refuses_client'],
        ['404', { status => 404, body => $active }, 'server_status_unexpected'],
        ['500', { status => 500, body => $active }, 'server_failed'],
        ['503', { status => 503, body => $active }, 'server_failed'],
        ['429', { status => 429, body => $active }, 'server_limits_rate'],
        ['429 with Retry-After', { status => 429, headers => [['Retry-After', '17']] }, 'server_limits_rate', 17],
        ['503 with Retry-After', { status => 503, headers => [['Retry-After', '120']] }, 'server_failed', 120],
        ['429 with an endless Retry-After', { status => 429, headers => [['Retry-After', '999999999999']] }, 'server_limits_rate', 86400],
        ['429 with nonsense', { status => 429, headers => [['Retry-After', 'soon']] }, 'server_limits_rate'],
        ['500 with Retry-After', { status => 500, headers => [['Retry-After', '17']] }, 'server_failed'],
        ['64 KB and a byte', qq({"active":true,"x":"x$padding"}), 'document_too_large'],
        ['10 MB', { size => 10_000_000 }, 'document_too_large'],
        ['gzip', { body => $active, gzip => 1 }, 'answer_compressed'],
        ['a reset before the answer', { body => $active, reset => 0 }, 'server_unreachable'],
        ['half an answer, then a reset', { body => largest_answer(), reset => 1000 }, 'server_unreachable'],
        ['chunks without the last one, and then the end', { body => $active, chunked => 1000, end => -5 }, 'server_unreachable'],
        ['accepted, and then nothing', { hang => 1 }, 'server_unreachable'],
    );
}

1;
