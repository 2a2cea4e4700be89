using Exchange.Node.Messages;
using Exchange.Node.Tests.Records;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Messages;

/// <summary>Contacts, codes, texts and replies, without a node.</summary>
public sealed class MessageRulesTests
{
    [Theory]
    [InlineData("contact", """{"state":"CONTACT_STATE_PLANNED"}""", "made_date not_before_date outcome")]
    [InlineData(
        "contact", """-made_date -not_before_date -outcome -planned_date {"state":"CONTACT_STATE_PLANNED"}""", "planned_date")]
    [InlineData("contact", """-made_date -not_before_date -outcome {"state":"CONTACT_STATE_PLANNED"}""", "")]
    [InlineData("contact", """-made_date {}""", "made_date")]
    [InlineData("contact", """{"madeDate":@2026-03-02}""", "made_date")]
    [InlineData("contact", """-outcome {}""", "outcome")]
    [InlineData("contact", """{"state":"CONTACT_STATE_MISSED"}""", "not_before_date outcome")]
    [InlineData("contact", """{"state":"CONTACT_STATE_DECLINED"}""", "outcome")]
    [InlineData("contact", """{"state":"CONTACT_STATE_DECLINED","outcome":"CONTACT_OUTCOME_STOP"}""", "")]
    [InlineData("job_code", """{"code":"501234"}""", "code")]
    [InlineData("outbox_message", """-worker_id {}""", "worker_id")]
    [InlineData("outbox_message", """{"channel":"MESSAGE_CHANNEL_NOTICE_BOARD"}""", "worker_id")]
    [InlineData("outbox_message", """-worker_id {"channel":"MESSAGE_CHANNEL_NOTICE_BOARD"}""", "")]
    [InlineData("outbox_message", """{"writtenDate":@2026-03-02,"settledDate":@2026-03-02}""", "settled_date written_date")]
    public void What_is_wrong_is_named(string kind, string change, string fields) => Assert.Equal(
        fields, string.Join(' ', Rules.FieldsAfter(kind, change).Split(' ').Order(StringComparer.Ordinal)));

    [Fact]
    public void A_code_that_was_misheard_is_none()
    {
        for (var number = 0; number < JobDigits.Count; number += 997)
        {
            var code = JobDigits.Of(number);
            Assert.True(JobDigits.IsCode(code));
            for (var at = 0; at < code.Length; at++)
            {
                for (var digit = '0'; digit <= '9'; digit++)
                {
                    var other = code[..at] + digit + code[(at + 1)..];
                    Assert.Equal(other == code, JobDigits.IsCode(other));
                }

                if (at > 0 && code[at] != code[at - 1])
                {
                    Assert.False(JobDigits.IsCode(code[..(at - 1)] + code[at] + code[at - 1] + code[(at + 1)..]));
                }
            }
        }
    }

    [Theory]
    [InlineData("1", ContactOutcome.Willing)]
    [InlineData("１", ContactOutcome.Willing)]
    [InlineData(" 愿意。", ContactOutcome.Willing)]
    [InlineData("願(yuàn)意去", ContactOutcome.Willing)]
    [InlineData("2", ContactOutcome.Arrived)]
    [InlineData("到了", ContactOutcome.Arrived)]
    [InlineData("0", ContactOutcome.Stop)]
    [InlineData("TD", ContactOutcome.Stop)]
    [InlineData("不要", ContactOutcome.Stop)]
    [InlineData("12", ContactOutcome.Unspecified)]
    [InlineData("1 123", ContactOutcome.Unspecified)]
    [InlineData("什么时候发工资", ContactOutcome.Unspecified)]
    [InlineData("不愿意", ContactOutcome.Unspecified)]
    [InlineData("", ContactOutcome.Unspecified)]
    public void A_reply_is_a_digit_or_its_word(string text, ContactOutcome meaning) =>
        Assert.Equal(meaning, ReplyText.Read(text).Meaning);

    [Fact]
    public void A_reply_names_a_code_however_it_is_typed()
    {
        var code = JobDigits.Of(50_123);

        Assert.All(
            new[] { $"1 {code}", $"１　{code}", $"愿意，{code}", $"1+{code}", $"我想去{code}！" },
            text => Assert.Equal(new ReplyText(ContactOutcome.Willing, code), ReplyText.Read(text)));
        Assert.Equal(default, ReplyText.Read($"1 {code[..5]}{(char)('0' + ((code[5] - '0' + 1) % 10))}"));
    }

    [Fact]
    public void A_digest_says_what_the_post_offers_and_nothing_personal()
    {
        var vacancy = new Vacancy
        {
            Title = "制鞋工 王经理13812345678",
            WorkPlace = Samples.Place("441900118", "东莞市大岭山镇"),
            Pay = Samples.Pay(),
            Board = Provision.Free,
            Lodging = Provision.Free,
            Headcount = 50,
            FilledCount = 10,
            MinAge = 18,
            MaxAge = 50,
        };
        const string line = "制鞋工 王经理***，东莞市大岭山镇，每月4000至5500元，包吃住，招40人，18至50岁";

        Assert.Equal(line, DigestText.Line(vacancy));
        Assert.Equal(
            $"【昭通】501237 {line}。愿意去请回复1加岗位号，如1 501237；已到岗回复2；不想再收回复0。",
            DigestText.Of(MessageChannel.Sms, "昭通", [(vacancy, "501237")]));
        Assert.Equal(
            $"昭通 招工信息\n501 237　{line}\n想去的请记下岗位号，找村级联络员报名。",
            DigestText.Of(MessageChannel.NoticeBoard, "昭通", [(vacancy, "501237")]));
        Assert.Equal("普工，工资面议", DigestText.Line(new Vacancy { Title = "普工" }));
    }

    [Theory]
    [InlineData("联系138 1234 5678", "联系***")]
    [InlineData("电话：0769-22112233转8", "电话：***转8")]
    [InlineData("hr@example.com", "***")]
    [InlineData("月薪4000-5500元", "月薪4000-5500元")]
    [InlineData("１３８１２３４５６７８", "***")]
    public void Numbers_that_reach_a_person_are_taken_out(string text, string shown) =>
        Assert.Equal(shown, PublicText.Of(text));
}
